#pragma once
/// \file
/// `public/site.json`: what verifying a licence needs of a site, for applications that run as another user
/// (docs/formats/site.md). Apart from the configuration, since libairlock links this and no policy.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"
#include "licence/seen.hpp"
#include "site/known_kit.hpp"

namespace airlock::site {

using core::Result;
using core::Time;

inline constexpr std::uint64_t public_site_bytes_limit = 64 * 1024;

struct PublicSite {
  std::string site_id;
  std::string product;                ///< may be empty
  std::string key_sha256;             ///< of the site key
  std::int64_t licence_sequence = 0;  ///< highest seen, whoever's licence it was of; 0: none
  Time newest_time;                   ///< newest trusted time, at most an hour behind the ledger's
  licence::Seen seen = {};            ///< the licences seen, licensees apart
  KnownKit kit = {};                  ///< the newest kit, and the revocation lists
  bool current = true;                ///< whether it is of the present version of the format

  /// All that was seen. `licence_sequence`, where it is higher than all of `seen`, is of a licence of which nobody knows
  /// whose it was: so version 1 has it.
  [[nodiscard]] licence::Seen all_seen() const;
};
/// As a document of the present version.
[[nodiscard]] std::string to_document(const PublicSite& site);
[[nodiscard]] Result<PublicSite> parse_public_site(std::string_view text, std::string_view name);

}  // namespace airlock::site
