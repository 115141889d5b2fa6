#pragma once
/// \file
/// What is known of a report before any decision about it: that it is well-formed, its event and its period.

#include <cstdint>
#include <optional>
#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

struct Inspection {
  std::string event;                        ///< one of the dictionary's
  std::optional<std::string> period_start;  ///< UTC day `YYYY-MM-DD`; nothing if the report has no such time
  std::optional<std::string> period_end;
  std::uint64_t members = 0;  ///< members and elements of the whole report
  std::string missing;        ///< declared path of the first required field without a value of its type; or empty
};

/// Reads the whole report. Errors: bad_input if it is malformed (the message names the byte offset) or not an object;
/// refused if its event is missing or not one of the dictionary's.
[[nodiscard]] core::Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                               const report::Limits& limits, const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
