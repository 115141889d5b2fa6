#pragma once
/// \file
/// Finds the word that a person probably meant when they mistyped it, among the words that are allowed. It compares
/// letters only, so a suggestion may be wrong.
///
///     core::nearest("statsu", {"status", "doctor"})  // "status"

#include <string>
#include <string_view>
#include <vector>

namespace airlock::core {

/// The number of letters to insert, remove, replace or swap with their neighbour to turn `b` into `a` (optimal string
/// alignment). Ignores ASCII case.
[[nodiscard]] std::size_t typing_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance to `typed`, the first one of several. Empty where more than a third of the
/// letters differ, unless `typed` is the beginning of exactly one candidate. One letter may always differ.
[[nodiscard]] std::string nearest(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace airlock::core
