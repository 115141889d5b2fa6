#pragma once
/// \file
/// What is known of a report before any decision about it: that it is well-formed, its event and its period.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"
#include "dictionary/classifier.hpp"
#include "redaction/period.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

struct Inspection {
  std::string event;                        ///< one of the dictionary's
  std::optional<std::string> period_start;  ///< UTC day `YYYY-MM-DD`; nothing if the report has no such time
  std::optional<std::string> period_end;
  std::uint64_t members = 0;  ///< members and elements of the whole report
  /// Declared path of the first required field that has no value of its type, in some object of the report; or empty.
  std::string missing;
};

/// Gathers what an inspection says from the tokens of one report: hand over every token, in order. Precondition: the
/// report is what the dictionary says (`report::check_document`).
class Inspector {
 public:
  explicit Inspector(const dictionary::Dictionary& dictionary);
  void look(const report::Token& token, const dictionary::Placement& placement);
  /// Error: refused if the event is missing or not one of the dictionary's.
  [[nodiscard]] core::Result<Inspection> finish();

 private:
  const dictionary::Dictionary& dictionary_;
  std::size_t event_field_;  ///< of the roles; `no_role` if the event is constant
  PeriodReader period_;
  void end_object();

  std::size_t object_depth_;             ///< of an object that the dictionary describes
  std::vector<std::uint32_t> required_;  ///< indices of the required fields
  std::vector<bool> has_value_;          ///< by field, of the object that is read: whether it has a value of its type
  std::uint64_t objects_ = 0;            ///< how many there were
  bool has_event_ = false;
  Inspection out_;
};

/// Reads the whole report. Errors: bad_input if it is malformed (the message names the byte offset), not what the
/// dictionary says, or has not one line though it should; refused if its event is missing or not one of the
/// dictionary's.
[[nodiscard]] core::Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                               const report::Limits& limits, const crypto::Secret& fingerprint_key);

/// The event of the report, if it is one of the dictionary's. Reads the report only up to there, so the rest may be
/// malformed; reads nothing if the event is constant. Nothing if there is no such event, or if the report is malformed
/// before it.
[[nodiscard]] std::optional<std::string> find_event(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                                    const report::Limits& limits,
                                                    const crypto::Secret& fingerprint_key);

}  // namespace airlock::redaction
