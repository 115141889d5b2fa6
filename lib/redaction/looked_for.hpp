#pragma once
/// \file
/// For which values that were taken out the leak scan looks (docs/formats/leak-scan.md). The declarations alone decide.
/// The filter asks here when it collects needles, and the ceiling when it compares two dictionaries: if the scan no
/// longer looks for a field's values, copies may leave that were stopped before.

#include <cstdint>

#include "dictionary/field.hpp"

namespace airlock::redaction {

/// Whether a value of this class points at somebody wherever it is found: `person`, `location`, `identifier`,
/// `licence`. The scan looks for such values anywhere in a text. It looks for others only as a whole value or key of
/// the same class.
[[nodiscard]] bool is_tell_tale(dictionary::Class cls);

/// What a copy of a value of some type proves.
enum class Evidence : std::uint8_t {
  none,    ///< nothing: booleans, `enum`, `empty`, types that say a time, `opaque`; never looked for or in
  number,  ///< looked for in tell-tale classes only, and only where the number is long
  text,    ///< looked for in every class
};
[[nodiscard]] Evidence evidence_of(dictionary::Type type);

/// Whether the scan looks for values or keys of this shape and class after they were taken out: whether it does so for
/// any type of the shape.
[[nodiscard]] bool looks_for(const dictionary::Shape& shape, dictionary::Class cls);

}  // namespace airlock::redaction
