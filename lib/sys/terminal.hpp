#pragma once
/// \file
/// What a terminal says of itself.

#include <cstddef>

namespace airlock::sys {

/// The number of columns of the terminal behind `descriptor` (`TIOCGWINSZ`). 0 if the descriptor is no terminal, or if
/// the terminal does not know. The sandbox denies the call, so a process that will be confined asks before.
[[nodiscard]] std::size_t terminal_columns(int descriptor);

}  // namespace airlock::sys
