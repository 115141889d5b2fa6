#pragma once
/// \file
/// Building and judging a signer's chain, for this module's own .cpp files.

#include <span>

#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// The time in which all certificates of a chain are valid, the root too; both ends included.
struct Validity {
  Time from;
  Time until;
};

/// Builds the chain of `signer` from `others` and the roots of `trust`, and judges the chain, the roles and the key
/// usage. A certificate in `others` that the chain does not need is refused: nothing would verify it. Error: integrity.
[[nodiscard]] Result<Validity> judge(const TrustStore& trust, const Certificate& signer,
                                     std::span<const Certificate> others);

}  // namespace airlock::crypto
