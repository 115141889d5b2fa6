#pragma once
/// \file
/// Which declared field a limit of a licence names: `events_count_new_in_period`, or `totals.events` if the last step
/// alone is ambiguous.

#include <string>
#include <string_view>
#include <vector>

#include "dictionary/dictionary.hpp"

namespace airlock::dictionary {

/// The declared field that a limit of the licence names.
struct LimitedField {
  std::string path;     ///< empty if the limit names no field or several
  std::string problem;  ///< why `path` is empty, as the end of a sentence that begins with the limit
};
/// Finds the field. A limit names a field of class `usage` without wildcards by its last step, or by its last steps
/// joined with dots.
[[nodiscard]] LimitedField limited_field(const Dictionary& dictionary, std::string_view limit);
/// The last steps of all fields that a limit can name.
[[nodiscard]] std::vector<std::string> names_for_limits(const Dictionary& dictionary);

}  // namespace airlock::dictionary
