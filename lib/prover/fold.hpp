#pragma once
/// \file
/// Finds objects whose members are alike and whose names are data, such as one member for each team, and folds the
/// members to one `*`.

#include "prover/class_guess.hpp"
#include "prover/seen.hpp"

namespace airlock::prover {

/// From how many members on an object of numbers is a long row, whatever their names are.
inline constexpr std::size_t long_row = 24;

/// Folds what is below a place, and the place itself unless `keeps_names`. `path` leads to the place.
void fold(const NameWords& list, Seen& seen, NamePath& path, bool keeps_names);
/// Whether all member names are numbers, ids or addresses.
[[nodiscard]] bool has_data_names(const Seen& seen);
/// Folds one object without looking at its members.
void fold_members(Seen& seen);

}  // namespace airlock::prover
