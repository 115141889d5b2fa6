#pragma once
/// \file
/// The paths of redactions: a JSON Pointer (RFC 6901) in which the step `*` stands for any one step and `**` for any
/// number of them, none included. A literal step is found where the dictionary declares that step, never where it
/// declares `*`: redactions are by declaration, not by what a report holds.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"

namespace airlock::redaction {

inline constexpr std::size_t selector_steps_limit = 64;

class Selector {
 public:
  /// Reads a path. `~0`, `~1`, `~2` in a step stand for `~`, `/`, `*`. Error: bad_input; the message is only the
  /// reason.
  [[nodiscard]] static core::Result<Selector> parse(std::string_view path);

  /// For each number of steps from 0 to all of the field's, whether the selector stands for just those first steps.
  [[nodiscard]] std::vector<bool> matches(const dictionary::Field& field) const;

 private:
  enum class Kind : std::uint8_t { literal, one, any_number };
  struct Step {
    Kind kind;
    std::string text;
  };
  std::vector<Step> steps_;
};

}  // namespace airlock::redaction
