#pragma once
/// \file
/// What happens to each datum of one report, with the report's own names: for people at the site. A datum is a value, a
/// key that a `*` stands for, or a member or element that is dropped with everything in it. The walk is the same as the
/// filter's (walk.hpp), so what is reported here is what the filter does.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "dictionary/classifier.hpp"
#include "redaction/plan.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// One datum.
struct Datum {
  std::string place;    ///< JSON Pointer, with the report's own names
  std::string reason;   ///< why it does not fit, such as `-1 is no count`; empty unless it is a misfit
  std::string value;    ///< as the report has it, decoded; empty for a container
  std::string becomes;  ///< what is written instead; empty if it stays or is dropped
};

/// All data of one declared path that are treated alike.
struct Fate {
  std::string path;    ///< as in DatumCount (counts.hpp)
  std::string what;    ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`
  std::string action;  ///< as in DatumCount; also `keep`, `copied`, and `refuse` if a misfit stops the report
  std::uint64_t count = 0;
  std::vector<Datum> data;  ///< at most `FateOptions::maximum`
};

struct FateOptions {
  std::size_t maximum = 3;                  ///< how many data each fate lists
  bool misfits_only = false;                ///< leave out what fits the dictionary
  std::span<const std::uint64_t> copied{};  ///< what the leak scan took out of the redacted report, by `token_numbers`
};

/// All fates, sorted by declared path. `pseudonym_key` has 32 bytes, `fingerprint_key` 16 fresh random ones. Errors:
/// bad_input (malformed).
[[nodiscard]] Result<std::vector<Fate>> fates(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                              const Plan& plan, const crypto::Secret& pseudonym_key,
                                              const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                              const FateOptions& options);

/// For each token of a redacted report that begins at one of `places` (ascending): how many tokens are before it. The
/// filter writes one token for each one that it does not take out, so the number identifies the token of the original
/// report.
[[nodiscard]] Result<std::vector<std::uint64_t>> token_numbers(const core::Blob& redacted, report::Document document,
                                                               std::span<const std::uint64_t> places,
                                                               const report::Limits& limits,
                                                               const crypto::Secret& fingerprint_key);

/// Why a token does not fit: `-1 is no count`, `null is no text`, `a string of 4508 bytes, text takes 1024`.
[[nodiscard]] std::string misfit_reason(const report::Token& token, const dictionary::Placement& placement,
                                        const dictionary::Dictionary& dictionary);

}  // namespace airlock::redaction
