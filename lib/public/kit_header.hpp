#pragma once
/// \file
/// The kit's header, `kit.json` (docs/formats/kit.md): product, number, revoked licences, and what the kit changes in
/// the site's trust. Judging a licence needs no more of a kit. Policy and dictionary are read by site/kit.hpp.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/cms.hpp"
#include "crypto/revocation.hpp"
#include "public/destination.hpp"
#include "public/kit_archive.hpp"
#include "public/kit_trust.hpp"

namespace airlock::published {

using core::Result;
using core::Time;

struct KitHeader {
  std::string product;
  std::uint64_t number = 0;
  Time issued;
  Time next_update;
  std::vector<Destination> destinations;
  std::vector<std::string> revoked_licences;  ///< serials
  std::string approvals;  ///< JSON text of the member `approvals`, which site/kit.hpp reads; or empty
  KitTrust trust;
  core::Digest content_sha256;  ///< of the signed archive; the ledger identifies a kit by it

  /// Whether the vendor had promised a newer kit by now. A stale kit stays in force, and its policy may get stricter.
  [[nodiscard]] bool is_stale(Time now) const { return next_update < now; }
};

/// Verifies a kit file and reads its header. The steps, in this order: PEM; signature against `trust` (role kit);
/// successor roots and revocation lists; whether these lists, or `known` (those of the kit in force), revoke the
/// signer; the header; whether the signer's chain was valid when the kit was issued. Errors: bad_input, integrity.
[[nodiscard]] Result<KitHeader> verify_kit_header(std::string_view file, const crypto::TrustStore& trust,
                                                  std::span<const crypto::RevocationList> known = {});

/// Reads `kit.json` from an archive, and checks that the archive has the time in it; `trust` and `content_sha256` of
/// the result are empty. Error: bad_input naming the JSON path.
[[nodiscard]] Result<KitHeader> read_kit_header(const core::Blob& archive, const KitFiles& files);
/// Checks that the signer's chain was valid when the kit was issued. Error: integrity.
[[nodiscard]] Result<void> check_issued(const KitHeader& kit, const crypto::Verified& verified);

}  // namespace airlock::published
