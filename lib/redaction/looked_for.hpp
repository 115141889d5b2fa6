#pragma once
/// \file
/// Which values the leak scan looks for once they were taken out (docs/formats/leak-scan.md), told from declarations
/// alone. The collection of needles asks here, and so does whoever compares two dictionaries: a field whose values are
/// no longer looked for may leave copies that were stopped before.

#include "dictionary/dictionary.hpp"

namespace airlock::redaction {

/// Whether a value that stands elsewhere by itself points at somebody: `person`, `location`, `identifier`, `licence`.
/// Values of these classes are looked for anywhere in a text, all others as a whole value or key of the same class.
[[nodiscard]] bool is_tell_tale(dictionary::Class cls);

/// What a declared type says of copies of its values.
enum class Evidence : std::uint8_t {
  none,    ///< a copy says nothing: booleans, `enum`, `empty`, times
  number,  ///< looked for in tell-tale classes only, and only where the number is long
  text,    ///< looked for in every class
};
[[nodiscard]] Evidence evidence_of(dictionary::Type type);

/// Whether the scan looks for values of a field (or keys) of this shape and class when they are taken out: whether any
/// of its types lets a value through that is looked for.
[[nodiscard]] bool looks_for(const dictionary::Shape& shape, dictionary::Class cls);

}  // namespace airlock::redaction
