#pragma once
/// \file
/// A helper process that does one thing for this process, such as signing, and is asked over a channel. Also the ways
/// by which a secret reaches it: a line from a descriptor, or a line that a person types at the terminal.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sys/channel.hpp"

namespace airlock::sys {

/// Forks a helper that runs `work` and then ends at once, without exit handlers. It also ends when its parent ends. It
/// has its end of the channel and the descriptor `secret` (-1: none), which `work` closes after reading. It has no
/// other descriptor, no standard input and output, and leaves no core file. No process may trace it. Returns the end of
/// the channel for this process. Precondition: no other threads. Error: unexpected.
[[nodiscard]] core::Result<Channel> start_helper(int secret, const std::function<void(Channel&)>& work);

/// Reads up to the first newline, and not a byte more. Errors: usage (no such descriptor), refused (an empty line, or
/// more than `limit` bytes).
[[nodiscard]] core::Result<std::string> read_line(int fd, std::size_t limit);

/// Shows `prompt` at the terminal of this process, and reads a line without showing it. Errors: refused (no terminal,
/// nothing typed, interrupted, more than `limit` bytes).
[[nodiscard]] core::Result<std::string> ask_terminal(const std::string& prompt, std::size_t limit);
/// Closes a descriptor. -1 means that there is none.
void close_descriptor(int fd);
/// Makes a descriptor close when this process runs another program. False where it is not open.
[[nodiscard]] bool keep_to_this_program(int fd);

/// Whether there is a terminal to ask at.
[[nodiscard]] bool has_terminal();
/// Writes a line to the terminal. Where there is none, nothing happens.
void tell_terminal(const std::string& line);

/// The entries of the environment of this process, for a helper that is started later.
[[nodiscard]] std::vector<std::string> environment();
/// Replaces the environment by these entries, without those that begin with one of `but`.
void set_environment(const std::vector<std::string>& entries, const std::vector<std::string_view>& but);

}  // namespace airlock::sys
