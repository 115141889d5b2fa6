#pragma once
/// \file
/// What a kit adds to, and takes from, the trust of a site: successor roots and revocation lists (docs/formats/kit.md).

#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/certificate.hpp"
#include "crypto/revocation.hpp"

namespace airlock::site {

/// The most files in a kit's `roots/`.
inline constexpr std::size_t roots_limit = 8;

struct KitTrust {
  std::vector<crypto::Successor> successors;
  std::vector<crypto::RevocationList> lists;
  /// Once settled: `key_sha256` of the root that issued each list.
  std::vector<core::Digest> list_issuers;
};

/// Judges what a kit carries by the roots that are trusted already: each successor is one of them, or is signed for by
/// one of them or by a successor before it; each list is issued by one of them or by a successor, no two by the same.
/// A list of an authority of another name is left out: nothing here hangs on that. Error: integrity.
[[nodiscard]] core::Result<void> settle(KitTrust& kit, const crypto::TrustStore& trust);

/// Those of `certificates` that may be roots for `role`: without extended key usage, or with one that has the role.
[[nodiscard]] std::vector<crypto::Certificate> roots_for(crypto::Role role,
                                                         const std::vector<crypto::Certificate>& certificates);

class Site;
/// Adds the successors to `trust/vendor/` and to `public/vendor-root.crt`, where they are not in them yet; then writes
/// the latter from the former. May be repeated. Error: of the machine.
[[nodiscard]] core::Result<void> add_roots(const Site& site, const std::vector<crypto::Successor>& successors);

}  // namespace airlock::site
