#pragma once
/// \file
/// Applies a plan to a report, streaming from a blob to a sink, and keeps what it took out so that the leak scan can
/// look for it. Deterministic: the same report, dictionary, plan and key give the same bytes. What stays is copied byte
/// for byte.
///
/// Reads the report once, or twice if the plan coarsens keys: the first pass finds keys that would become equal.
/// Memory: the scanner's, what was taken out, and in the first pass 24 bytes for each key of the objects open at one
/// time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/counts.hpp"
#include "redaction/inspect.hpp"
#include "redaction/plan.hpp"
#include "redaction/taken_out.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What the leak scan will search. For a note that a person wrote, more must be collected than for the report alone.
enum class Searched : std::uint8_t { report, report_and_note };

struct Redacted {
  std::vector<DatumCount> counts;  ///< sorted by path, what, action
  std::shared_ptr<const TakenOut> taken;
  std::optional<std::string> period_start;  ///< UTC day `YYYY-MM-DD` as the plan discloses it; nothing if it does not
  std::optional<std::string> period_end;
  Result<Inspection> inspection;  ///< of the original report: as `inspect` gives it
};

/// Writes the redacted report to `out`. The content of `out` may be used only after success and after the leak scan.
/// `pseudonym_key` has 32 bytes, `fingerprint_key` 16 fresh random ones. Errors: refused if the plan refuses what is
/// undeclared or ill-typed and the report has some (the message names the longest declared prefix of its path and how
/// it fails, never a value or a key of the report); bad_input (malformed, above a limit); and the errors of `out`.
[[nodiscard]] Result<Redacted> redact(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                      const Plan& plan, const crypto::Secret& pseudonym_key,
                                      const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                      core::Sink& out, Searched searched = Searched::report_and_note);

}  // namespace airlock::redaction
