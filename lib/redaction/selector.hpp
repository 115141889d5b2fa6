#pragma once
/// \file
/// The paths of redactions: a JSON Pointer (RFC 6901) in which the step `*` stands for any one step and `**` for any
/// number of steps, also none. A step with a `*` within it stands for the key pattern that is declared so. A literal
/// step selects only a declaration with that step, never one with `*` or a pattern: a redaction selects declarations,
/// not names in a report.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/field.hpp"

namespace airlock::redaction {

inline constexpr std::size_t selector_steps_limit = 64;
/// How many comparisons making a plan may take. Each redaction of each profile takes one for each field; a redaction by
/// path takes one more for each step of each field's path.
inline constexpr std::uint64_t comparisons_limit = 16'000'000;

class PathSelector {
 public:
  /// Reads a path. In a step, `~0`, `~1` and `~2` stand for `~`, `/` and `*`. Error: bad_input, whose message is only
  /// the reason, for the caller to complete.
  [[nodiscard]] static core::Result<PathSelector> parse(std::string_view path);

  /// Element n of the result: whether the selector matches exactly the first n steps of the field's path.
  [[nodiscard]] std::vector<bool> matches(const dictionary::Field& field) const;

 private:
  /// A set of the selector's steps, one bit for each, so that all of them are compared with a field's step at once.
  using Bits = std::uint64_t;
  static_assert(selector_steps_limit == 64);
  std::size_t steps_ = 0;
  Bits one_ = 0;         ///< where `*` is
  Bits any_number_ = 0;  ///< where `**` is
  std::map<std::string, Bits, std::less<>> literals_;
  std::map<std::string, Bits, std::less<>> patterns_;  ///< as they are written
};

}  // namespace airlock::redaction
