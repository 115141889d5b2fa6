#pragma once
/// \file
/// Runs a program as a child, and waits until it ends. Uses no shell, no thread and no signal handler; the child gets
/// no descriptor of the caller. Its input and output are files in memory, so neither process can block the other.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

/// The result of a child that has ended.
struct FinishedChild {
  /// Nothing where a signal ended it. Also nothing where the process of the caller takes the exit status of all
  /// children: it ignores SIGCHLD, or has a handler that waits.
  std::optional<int> exit_code;
  std::string out;
  std::string err;
};

/// The maximum size of each output, in bytes. The rest is left out.
inline constexpr std::size_t child_output_limit = 16ULL * 1024 * 1024;

/// Runs `program`, a path, with `arguments` and `input` as its standard input, and the caller's environment. The child
/// starts with no signal blocked, and with the default actions for SIGPIPE and SIGCHLD. Error: unexpected where it
/// could not be started.
[[nodiscard]] core::Result<FinishedChild> run_child(const std::string& program,
                                                    const std::vector<std::string>& arguments, std::string_view input);

}  // namespace airlock::sys
