#pragma once
/// \file
/// What becomes of each datum of one report, in the report's own names: for people at the site. A datum is a value, a key
/// that a `*` stands for, or a member or element that goes with all in it. The walk is the one that the filter makes, so
/// what is told here is what is done there.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/hash.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/filter.hpp"
#include "redaction/profile.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// One datum.
struct Datum {
  std::string place;    ///< JSON Pointer, with the report's own names
  std::string reason;   ///< of misfits: `-1 is no count`; otherwise empty
  std::string value;    ///< as the report has it, decoded; of a container empty
  std::string becomes;  ///< what stands there instead; empty where it stays or goes
};

/// Data with one declared path that end alike.
struct Fate {
  std::string path;    ///< as in Count (filter.hpp)
  std::string what;    ///< `value`, `key`, `undeclared`, `ill_typed`, `twin`, `collision`
  std::string action;  ///< as in Count; also `keep`, `copied`, and `refuse` where a misfit stops the report
  std::uint64_t count = 0;
  std::vector<Datum> data;  ///< the first ones, or all
};

/// What is asked for.
struct FateOptions {
  std::size_t most = 3;                      ///< data of each fate
  bool misfits_only = false;                 ///< leave out all that the dictionary declares
  std::span<const std::uint64_t> copied{};   ///< what the leak scan took out of the redacted report (`token_numbers`)
};

/// By declared path. `pseudonym_key` has 32 bytes, `fingerprint_key` 16 fresh random ones. Errors: bad_input (malformed).
[[nodiscard]] Result<std::vector<Fate>> fates(const core::Blob& report, const dictionary::Dictionary& dictionary,
                                              const Plan& plan, const crypto::Secret& pseudonym_key,
                                              const report::Limits& limits, const crypto::Secret& fingerprint_key,
                                              const FateOptions& options);

/// How many tokens of a redacted report stand before those that begin at `places` (ascending). The filter writes one
/// token for each that it does not take out, so this number leads back to the report that came in.
[[nodiscard]] Result<std::vector<std::uint64_t>> token_numbers(const core::Blob& redacted,
                                                               std::span<const std::uint64_t> places,
                                                               const report::Limits& limits,
                                                               const crypto::Secret& fingerprint_key);

/// Why a token does not fit: `-1 is no count`, `null is no text`, `a string of 4508 bytes, text takes 1024`.
[[nodiscard]] std::string misfit_reason(const report::Token& token, const dictionary::Placement& placement,
                                        const dictionary::Dictionary& dictionary);

}  // namespace airlock::redaction
