#pragma once
/// \file
/// Whether members of an object are alike, so that one declaration is enough for them, and whether a name is data.

#include <cstdint>
#include <string_view>
#include <vector>

#include "prover/seen.hpp"

namespace airlock::prover {

/// What the values at a place are. A `null` says nothing; a row is an object that has numbers only.
enum class ValueKind : std::uint8_t { nothing, numbers, flags, texts, row, object, array, mixed };

[[nodiscard]] ValueKind kind_of(const Seen& seen);
/// Whether all have values of one kind, and if they are objects, with the same members or with numbers only. No if none
/// has a value.
[[nodiscard]] bool is_of_one_shape(const std::vector<const Seen*>& members);
/// Whether a name is a number, an id or an address: no product gives such names to members.
[[nodiscard]] bool is_data(std::string_view name);

}  // namespace airlock::prover
