#pragma once
/// \file
/// `public/site.json`: what verifying a licence needs of a site, for applications that run as another user
/// (docs/formats/site.md). Apart from the configuration, since libairlock links this and no policy.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::site {

using core::Result;
using core::Time;

inline constexpr std::uint64_t public_site_bytes_limit = 64 * 1024;

struct PublicSite {
  std::string site_id;
  std::string product;                ///< may be empty
  std::string key_sha256;             ///< of the site key
  std::int64_t licence_sequence = 0;  ///< highest seen; 0: none
  Time newest_time;                   ///< newest trusted time, at most an hour behind the ledger's
};
[[nodiscard]] std::string to_document(const PublicSite& site);
[[nodiscard]] Result<PublicSite> parse_public_site(std::string_view text, std::string_view name);

}  // namespace airlock::site
