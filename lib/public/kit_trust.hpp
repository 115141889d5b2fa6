#pragma once
/// \file
/// How a kit changes the trust of a site: it can bring successor roots and revocation lists (docs/formats/kit.md).

#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"

namespace airlock::published {

/// Maximum number of files in a kit's `roots/`.
inline constexpr std::size_t roots_limit = 8;

struct KitTrust {
  std::vector<crypto::Successor> successors;
  std::vector<crypto::RevocationList> lists;
  /// `key_sha256` of the root that issued each list; `verify_kit_trust` fills it.
  std::vector<core::Digest> list_issuers;
};

/// Verifies what a kit carries against the roots that are trusted already. Each successor must be a trusted root, or be
/// signed by a trusted root or by a successor before it. Each list must be issued by a trusted root or a successor, and
/// no root may issue two. Drops lists whose issuer has the name of no such root: they cannot revoke anything that is
/// trusted here. Error: integrity.
[[nodiscard]] core::Result<void> verify_kit_trust(KitTrust& kit, const crypto::TrustStore& trust);

/// The certificates that may be roots for `role`: those whose extended key usage has the role, or that have none.
[[nodiscard]] std::vector<crypto::Certificate> roots_for(crypto::Role role,
                                                         const std::vector<crypto::Certificate>& certificates);

}  // namespace airlock::published
