#pragma once
/// \file
/// The content of a licence (docs/formats/licence.md): what is signed, as a type, and reading and writing it. Whether
/// the signature holds and the licence is in force is judged in licence/verdict.hpp.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::licence {

using core::Result;
using core::Time;

inline constexpr std::uint64_t licence_bytes_limit = 64ULL * 1024;  ///< of the signed file, and of its content
inline constexpr std::size_t entitlements_limit = 64;
inline constexpr std::size_t limits_limit = 64;
inline constexpr std::size_t sites_limit = 256;
inline constexpr std::int64_t grace_days_limit = 366;

struct SiteBinding {
  std::string id;          ///< UUID, lower case
  std::string key_sha256;  ///< of the site key's SubjectPublicKeyInfo, hex

  bool operator==(const SiteBinding&) const = default;
};

/// The signed content.
struct Licence {
  std::string serial;
  std::int64_t sequence = 0;
  std::string licensee;
  std::string product;
  std::string tier;
  std::vector<std::string> entitlements;
  std::vector<std::pair<std::string, std::int64_t>> limits;
  bool any_site = false;
  std::vector<SiteBinding> sites;
  Time issued;
  Time not_before;  ///< the first second of the term
  Time not_after;   ///< the first second after the term
  std::int64_t grace_days = 0;

  bool operator==(const Licence&) const = default;
};

/// Reads the signed content; `name` is what messages call the file. A member that is missing, unknown or wrong is an
/// error: bad_input naming its path and the reason.
[[nodiscard]] Result<Licence> parse(std::string_view content, std::string_view name);
/// The content as a document, indented JSON. `airlock-vendor licence issue` signs it once `parse` has accepted it.
/// Precondition: all texts are UTF-8.
[[nodiscard]] std::string to_document(const Licence& licence);

}  // namespace airlock::licence
