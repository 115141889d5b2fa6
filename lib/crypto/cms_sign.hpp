#pragma once
/// \file
/// How a SignedData begins, for this module's own .cpp files: `sign` has all of its content, `seal` streams it.

#include "crypto/cms.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

enum class Content : std::uint8_t { whole, streamed, detached };

/// A SignedData with signer, chain and signing time, ready for its content. Errors: as `sign` says.
[[nodiscard]] Result<Handle<CMS_ContentInfo_st>> begin_signed(const Signer& signer, Content content);

}  // namespace airlock::crypto
