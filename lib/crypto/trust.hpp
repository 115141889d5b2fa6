#pragma once
/// \file
/// How a TrustStore judges a signer's certificate, for this module's own .cpp files.

#include <span>

#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// When all certificates of a chain, the root's included, are valid; both ends belong to it.
struct Validity {
  Time from;
  Time until;
};

/// Judges `signer`, with `others` to build the chain from: chain, role, key usage. Certificates that the chain does not
/// need are refused, so that none travels unverified. Error: integrity.
[[nodiscard]] Result<Validity> judge(const TrustStore& trust, const Certificate& signer,
                                     std::span<const Certificate> others);

}  // namespace airlock::crypto
