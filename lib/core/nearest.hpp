#pragma once
/// \file
/// The word that somebody meant who mistyped one, out of the words that would have been understood. It looks at letters
/// only; whether a suggestion is fit to be followed is for the person who reads it.
///
///     core::nearest("statsu", {"status", "doctor"})  // "status"

#include <string>
#include <string_view>
#include <vector>

namespace airlock::core {

/// How many letters must be inserted, left out, replaced or swapped with their neighbour to make `a` of `b` (optimal
/// string alignment). ASCII case counts as no difference.
[[nodiscard]] std::size_t typing_distance(std::string_view a, std::string_view b);

/// The candidate nearest to `typed`; the first of several that are as near. Empty where none is near: more than a third
/// of the letters differ (one letter always may), and `typed` is not the beginning of a single candidate.
[[nodiscard]] std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace airlock::core
