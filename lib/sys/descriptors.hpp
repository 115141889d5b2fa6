#pragma once
/// \file
/// The descriptors with which a process was started: making them safe at the start of a program, and closing them
/// before a process reads reports.

#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

/// Opens `/dev/null` for each of the three standard descriptors that is closed. Otherwise the next file that is opened
/// would get its number, and with it the output for a person. Call this before anything else. Reading such an input and
/// writing such an output fails; text for such a standard error is lost. False where there is no `/dev/null`: then open
/// no file.
[[nodiscard]] bool open_standard_descriptors();

/// From now on, writing to a pipe that nobody reads is an error and does not end this process.
void ignore_broken_pipes();

/// Closes every descriptor except these. Where close_range(2) is denied, asks /proc which are open. Error: unexpected,
/// naming the call.
[[nodiscard]] core::Result<void> close_descriptors(std::vector<int> but);

}  // namespace airlock::sys
