#pragma once
/// \file
/// The parts of the ceiling's order (ceiling.hpp); for this module only. Each appends to `out` how `decision` is looser
/// than `ceiling` in its part.

#include <vector>

#include "policy/ceiling.hpp"

namespace airlock::policy {

using Loosenings = std::vector<Loosening>;

/// The treatments of a datum, whatever its type.
[[nodiscard]] inline redaction::Treatments treatments_of(const FieldTerms& terms) {
  return {terms.treatment, terms.by_type};
}
/// The treatment of a value that was taken for this type. One that does not fit the type drops the value.
[[nodiscard]] redaction::Treatment effect(const FieldTerms& terms, std::string_view take);

/// Whether values of some type of the datum are taken out or changed.
[[nodiscard]] inline bool takes_out(const FieldTerms& terms) { return !treatments_of(terms).keep_all(); }

/// Compares values or keys, declaration by declaration: treatment, types, class, and what the leak scan looks for.
void compare_fields(FieldKind kind, const Fields& decision, const Fields& ceiling, Loosenings& out);
/// The same if one side lists only what it does not drop, and no classes (`Terms::has_classes`).
void compare_fields_without_classes(FieldKind kind, const Fields& decision, const Fields& ceiling, Loosenings& out);

/// Compares which places of a report the declarations describe, and which names may be twins. A path alone does not
/// say which places it describes. A literal step takes a member away from the `*` next to it, and a `*` stands for
/// members if it has a key and for elements if not.
void compare_structure(const Terms& decision, const Terms& ceiling, Loosenings& out);

/// Compares the words of the site's list. The difference says how many, never which.
void compare_words(const Terms& decision, const Terms& ceiling, Loosenings& out);

}  // namespace airlock::policy
