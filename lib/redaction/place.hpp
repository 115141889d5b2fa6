#pragma once
/// \file
/// The first question of the leak scan: does at each path and key of what would leave stand only what its treatment
/// lets stand? Compares no values with the report's, so it raises no false alarm: whatever it finds is a fault of
/// Airlock.

#include "dictionary/dictionary.hpp"
#include "redaction/profile.hpp"
#include "report/scanner.hpp"

namespace airlock::redaction {

/// What a place of a redacted report holds.
enum class Held : std::uint8_t {
  report,      ///< something of the report, as its treatment lets it stand
  airlock,     ///< a mask or a pseudonym that Airlock wrote
  undeclared,  ///< the others are faults: something that the dictionary does not declare,
  ill_typed,   ///< … that is not of its declared type,
  twin,        ///< … that copies another path, and all of them were to be dropped,
  untreated,   ///< … that its treatment would have dropped or changed
};

/// What the token holds that stands at this placement, under this plan.
[[nodiscard]] Held held_at(const report::Token& token, const dictionary::Placement& placement,
                           const dictionary::Dictionary& dictionary, const Plan& plan);

}  // namespace airlock::redaction
