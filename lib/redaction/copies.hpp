#pragma once
/// \file
/// The pass after the leak scan: writes a redacted report again, without the members and elements in which the scan
/// found copies of what was taken out. What stays is copied byte for byte.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"
#include "redaction/counts.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// The word in counts for what was dropped because it held a copy.
inline constexpr std::string_view copied_word = "copied";

/// Members or elements of one declared path that hold copies of values taken out at another path, or words of the
/// site's list.
struct Copied {
  std::string path;    ///< of the copies
  std::string source;  ///< of what they copy; for people at the site only, since it reveals that two values are equal
  std::uint64_t count = 0;
  /// The words of the list that they hold, as the list has them; `source` is the list's name then. For people at the
  /// site who ask for values.
  std::vector<std::string> words;
};

/// What the leak scan found.
struct Copies {
  std::vector<std::uint64_t>
      places;  ///< offsets of the keys and values that begin the members and elements with copies, ascending
  std::vector<Copied> found;  ///< by path and source
};

/// Writes `report` without the members and elements that begin at `places`. Errors: the scanner's and the sink's.
[[nodiscard]] core::Result<void> write_without(const core::Blob& report, report::Document document,
                                               const std::vector<std::uint64_t>& places, const report::Limits& limits,
                                               const crypto::Secret& fingerprint_key, core::Sink& out);

/// Adds the copies to the counts: action `copied`, with the path of the copy and without its source.
void add_counts(const Copies& copies, std::vector<DatumCount>& counts);

}  // namespace airlock::redaction
