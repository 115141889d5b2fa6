#pragma once
/// \file
/// The paths of redactions: a JSON Pointer (RFC 6901) in which the step `*` stands for any one step and `**` for any
/// number of them, none included. A literal step is found where the dictionary declares that step, never where it
/// declares `*`: redactions are by declaration, not by what a report holds.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::redaction {

inline constexpr std::size_t selector_steps_limit = 64;
/// How often the redactions of all profiles together are held against the dictionary: once for each field, and a path
/// once more for each step of each field's path.
inline constexpr std::uint64_t comparisons_limit = 16'000'000;

class Selector {
 public:
  /// Reads a path. `~0`, `~1`, `~2` in a step stand for `~`, `/`, `*`. Error: bad_input; the message is only the
  /// reason.
  [[nodiscard]] static core::Result<Selector> parse(std::string_view path);

  /// For each number of steps from 0 to all of the field's, whether the selector stands for just those first steps.
  [[nodiscard]] std::vector<bool> matches(const dictionary::Field& field) const;

 private:
  /// The selector's steps as bits, one a step, so that all of them are held against a step of a field at once.
  using Bits = std::uint64_t;
  static_assert(selector_steps_limit == 64);
  std::size_t steps_ = 0;
  Bits one_ = 0;         ///< where `*` is
  Bits any_number_ = 0;  ///< where `**` is
  std::map<std::string, Bits, std::less<>> literals_;
};

}  // namespace airlock::redaction
