#pragma once
/// \file
/// Applies a plan to a report, streaming from a blob to a sink, and keeps what it took out, so that the leak scan can
/// look for it. Deterministic: same report, dictionary, plan and key, same bytes. What stays is copied byte for byte.
///
/// Two passes where keys are rewritten (the first finds keys that would become equal), else one. Memory is bounded by
/// the scanner's, what was taken out, and in the first pass 24 bytes a key of the objects open at one time.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What is known of a report before any decision: it is well-formed, its event and its period.
struct Inspection {
  std::string event;                        ///< one of the dictionary's
  std::optional<std::string> period_start;  ///< UTC day `YYYY-MM-DD`; nothing where the report has no such time
  std::optional<std::string> period_end;
  std::uint64_t members = 0;  ///< members and elements of the whole report
  std::string missing;  ///< declared path of the first required field that has no value of its type; empty where none
};
/// Reads the whole report. Errors: bad_input (malformed, the message names the byte offset; or not an object), refused
/// (unknown or missing event).
[[nodiscard]] Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                         const report::Limits& limits, const crypto::Secret& fingerprint_key);

/// One kind of datum taken out or changed: how often, by declared path. What is below something dropped is not counted
/// again.
struct Count {
  std::string path;  ///< declared path; of `undeclared` the longest declared prefix (`/` for the report itself), of all
                     ///< twins together `twins`
  std::string what;  ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`, `copied`
  std::string action;  ///< `drop`, `mask`, …: what was done, such as `drop` where the plan's action did not fit;
                       ///< `copied` for what went because the leak scan found a copy in it
  std::uint64_t count = 0;
  bool operator==(const Count&) const = default;
};

/// Whether a count or a fate is of what the dictionary does not declare, or declares as something else.
[[nodiscard]] constexpr bool is_misfit(std::string_view what) { return what == "undeclared" || what == "ill_typed"; }

inline constexpr std::size_t needles_limit = 1'000'000;

/// What was taken out, for the leak scan (taken.hpp).
class Taken;

/// What the leak scan will search for it: a note that a person wrote asks for more than a report.
enum class Searched : std::uint8_t { report, report_and_note };

struct Redacted {
  std::vector<Count> counts;  ///< sorted by path, what, action
  std::shared_ptr<const Taken> taken;
  std::optional<std::string>
      period_start;  ///< UTC day `YYYY-MM-DD` as the plan discloses it; nothing where it does not
  std::optional<std::string> period_end;
};

/// Writes the redacted report to `out`. What is in `out` may be used only after success and after the leak scan.
/// `pseudonym_key` has 32 bytes, `fingerprint_key` 16 fresh random ones. Errors: refused (something undeclared or
/// ill-typed under `refuse`; the message names the longest declared prefix of its path and how it fails, never a value
/// or a key of the report), bad_input (malformed, limits), and those of `out`.
[[nodiscard]] Result<Redacted> redact(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                      const Plan& plan, const crypto::Secret& pseudonym_key,
                                      const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                      core::Sink& out, Searched searched = Searched::report_and_note);

/// The pseudonym of one datum: `<class>-` and 26 base32 characters, the first 128 bits of HMAC-SHA-256 over class,
/// declared path and decoded value, each with its length before it as 8 bytes, big-endian.
[[nodiscard]] std::string pseudonym(crypto::HmacSha256& keyed, dictionary::Class cls, std::string_view path,
                                    std::string_view value);

}  // namespace airlock::redaction
