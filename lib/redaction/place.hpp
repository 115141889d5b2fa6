#pragma once
/// \file
/// The first question of the leak scan: does each place of what would leave hold only what its treatment allows?
/// Compares nothing with the values of the original report, so it raises no false alarm: whatever it finds is a fault
/// of Airlock.

#include <cstdint>

#include "dictionary/classifier.hpp"
#include "redaction/plan.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What a place of a redacted report holds.
enum class Held : std::uint8_t {
  report,      ///< something of the original report, as its treatment allows
  airlock,     ///< a mask or a pseudonym that Airlock wrote
  undeclared,  ///< fault: something that the dictionary does not declare
  ill_typed,   ///< fault: something that is not of its declared type
  twin,        ///< fault: a twin, although the plan drops twins
  untreated,   ///< fault: something that its treatment should have dropped or changed
};

/// What the token with this placement holds, under this plan.
[[nodiscard]] Held held_at(const report::Token& token, const dictionary::Placement& placement,
                           const dictionary::Dictionary& dictionary, const Plan& plan);

}  // namespace airlock::redaction
