#pragma once
/// \file
/// The pass behind the leak scan: writes a redacted report again without the members and elements in which copies of
/// what was taken out were found. What stays is copied byte for byte.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "redaction/filter.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// How counts name what went as a copy.
inline constexpr std::string_view copied_word = "copied";

/// Members or elements with one declared path that hold copies of what was taken out at another.
struct Copied {
  std::string path;    ///< of what goes
  std::string source;  ///< of what it copies: for people at the site only, since it tells that two values are equal
  std::uint64_t count = 0;
};

/// What the leak scan found.
struct Copies {
  std::vector<std::uint64_t> places;  ///< where the keys or values begin with which members and elements go, ascending
  std::vector<Copied> found;          ///< by path and source
};

/// Writes `report` without what begins at `places`. Errors: the scanner's and the sink's.
[[nodiscard]] Result<void> write_without(const core::Blob& report, const std::vector<std::uint64_t>& places,
                                         const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                         core::Sink& out);

/// Adds the copies to the counts, as `copied` by the path of what went; the sources stay out.
void add_counts(const Copies& copies, std::vector<Count>& counts);

}  // namespace airlock::redaction
