#pragma once
/// \file
/// Beginning a SignedData, for this module's own .cpp files. `sign` has all of the content at once, `seal` streams it.

#include "crypto/cms.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

enum class Content : std::uint8_t { whole, streamed, detached };

/// A SignedData with signer, chain and signing time, but without its content yet. Errors: as `sign`.
[[nodiscard]] Result<Handle<CMS_ContentInfo_st>> begin_signed(const Signer& signer, Content content);

}  // namespace airlock::crypto
