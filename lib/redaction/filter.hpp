#pragma once
/// \file
/// Applies a plan to a report, in one streaming pass from one blob to a sink, and keeps what it took out, so that the
/// leak scan can look for it. Deterministic: same report, dictionary, plan and key, same bytes.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What is known of a report before any decision: it is well-formed, and its event.
struct Inspection {
  std::string event;  ///< one of the dictionary's
  std::uint64_t members = 0;
};
/// Reads the whole report. Errors: bad_input (malformed; message names the byte offset), refused (unknown or missing
/// event).
[[nodiscard]] Result<Inspection> inspect(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                         const report::Limits& limits, const crypto::Secret& fingerprint_key);

/// One kind of datum taken out or changed: how often, by declared path.
struct Count {
  std::string path;    ///< declared path; `undeclared` has the longest declared prefix, twins `twins`
  std::string what;    ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`
  std::string action;  ///< `drop`, `mask`, …
  std::uint64_t count = 0;
};

inline constexpr std::size_t needles_limit = 1'000'000;

/// What was taken out, for the leak scan; and what Airlock itself wrote, which is none of it.
class Taken;

struct Redacted {
  std::vector<Count> counts;  ///< sorted by path, what, action
  std::shared_ptr<const Taken> taken;
  std::optional<std::string>
      period_start;  ///< UTC day `YYYY-MM-DD` as the plan discloses it; nothing where it does not
  std::optional<std::string> period_end;
};

/// Writes the redacted report to `out`. What is in `out` may be used only after success and after the leak scan.
/// `pseudonym_key` has 32 bytes. Errors: refused (something undeclared or ill-typed under `refuse`; the message names
/// the longest declared prefix of its path and how it fails, never a value), bad_input (limits).
[[nodiscard]] Result<Redacted> redact(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                      const Plan& plan, const crypto::Secret& pseudonym_key,
                                      const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                      core::Sink& out);

/// The pseudonym of one datum: `<class>-` and 26 base32 characters, the first 128 bits of HMAC-SHA-256 over class,
/// declared path and decoded value, each with its length before it as 8 bytes, big-endian.
[[nodiscard]] std::string pseudonym(crypto::HmacSha256& keyed, dictionary::Class cls, std::string_view path,
                                    std::string_view value);

}  // namespace airlock::redaction
