#pragma once
/// \file
/// `public/site.json`: what verifying a licence needs to know of a site, for applications that run as another user
/// (docs/formats/site.md).

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "licence/seen.hpp"
#include "public/known_kit.hpp"

namespace airlock::published {

using core::Result;
using core::Time;

inline constexpr std::uint64_t public_site_bytes_limit = 64ULL * 1024;

struct PublicSite {
  std::string site_id;
  std::string product;                ///< may be empty
  std::string key_sha256;             ///< of the site key, hex
  std::int64_t licence_sequence = 0;  ///< highest of all licences seen, of any licensee; 0: none
  Time newest_time;                   ///< newest trusted time, at most an hour behind the ledger's
  licence::SeenLicences seen = {};    ///< the licences seen, by licensee
  KnownKit kit = {};                  ///< the newest kit, and the revocation lists
  bool current = true;                ///< false: the file has version 1 of the format, which lacks `seen` and `kit`

  /// All licences seen. A `licence_sequence` that is higher than all of `seen`, as in files of version 1, has no known
  /// licensee and so counts against every licensee.
  [[nodiscard]] licence::SeenLicences all_seen() const;
};
/// The document in the present version of the format.
[[nodiscard]] std::string to_document(const PublicSite& site);
/// Error: bad_input naming `name`, JSON path and reason.
[[nodiscard]] Result<PublicSite> parse_public_site(std::string_view text, std::string_view name);

}  // namespace airlock::published
