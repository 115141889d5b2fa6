#pragma once
/// \file
/// The verdict in one sentence: how much leaves, in which way, and what of the three classes that matter most is among
/// it. Computed from what stands in the bytes (disclosed.hpp).

#include <cstdint>
#include <string>

#include "review/disclosed.hpp"

namespace airlock::review {

/// `nothing of class person, location or identifier is among them`; otherwise what is: `nothing of class person or
/// location is among them; of class identifier: 3 pseudonyms`.
[[nodiscard]] std::string among_them(const Remaining& remaining);

/// `3 448 bytes`.
[[nodiscard]] std::string amount(std::uint64_t bytes);

}  // namespace airlock::review
