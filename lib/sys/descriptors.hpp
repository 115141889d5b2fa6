#pragma once
/// \file
/// The descriptors that a process was started with: what a program makes of them before it does anything else, and
/// which of them a process that reads reports goes on with.

#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

/// To be called first of all. Gives each of the three standard descriptors that this process was started without
/// something to refer to, so that no file that is opened later takes its place and gets what is meant for a person.
/// Reading such an input, and writing such an output, fails; what goes to such a standard error is lost. False where
/// there is no `/dev/null`: then nothing may be opened.
[[nodiscard]] bool open_standard_descriptors();

/// From now on writing to a pipe that nobody reads is an error and does not end this process.
void ignore_broken_pipes();

/// Closes every descriptor but these. Where close_range(2) is not to be had, asks /proc for those that are open.
/// Error: unexpected, naming the call.
[[nodiscard]] core::Result<void> close_descriptors(std::vector<int> but);

}  // namespace airlock::sys
