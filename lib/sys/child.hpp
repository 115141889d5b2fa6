#pragma once
/// \file
/// Running a program as a child and waiting for it: no shell, no thread, no signal handler, none of the caller's
/// descriptors. Its input and output are memory, so neither side can block the other.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

/// What a child that has ended left.
struct FinishedChild {
  /// Nothing where a signal ended it, or where the caller's process takes the exit status of all children (SIGCHLD
  /// ignored, or a handler that waits).
  std::optional<int> exit_code;
  std::string out;
  std::string err;
};

/// The most that is read of each output; the rest is left out.
inline constexpr std::size_t child_output_limit = 16 * 1024 * 1024;

/// Runs `program`, a path, with `arguments` and `input` as its standard input, and the caller's environment. The child
/// begins with no signal blocked, and SIGPIPE and SIGCHLD as the system has them. Error: unexpected where it could not
/// be started.
[[nodiscard]] core::Result<FinishedChild> run_child(const std::string& program,
                                                    const std::vector<std::string>& arguments, std::string_view input);

}  // namespace airlock::sys
