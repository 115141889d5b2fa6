#pragma once
/// \file
/// A helper process that keeps one thing for this one and is asked for it over a channel: how it is started, and how a
/// secret reaches it: a line of a descriptor, or a line that a person types at the terminal.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sys/channel.hpp"

namespace airlock::sys {

/// Forks a helper, which runs `work` and ends: at once, without anything that runs when a process ends usually. It ends
/// with its parent too. It has its end of the channel and, closed as soon as `work` has read it, the descriptor
/// `secret`
/// (-1: none); no other descriptor, no standard input and output, no core file. Nobody may trace it. Returns this
/// process's end. Precondition: no other threads. Error: unexpected.
[[nodiscard]] core::Result<Channel> start_helper(int secret, const std::function<void(Channel&)>& work);

/// Reads up to the first newline, and not a byte more. Errors: usage (no such descriptor), refused (nothing is there,
/// or more than `limit` bytes).
[[nodiscard]] core::Result<std::string> read_line(int fd, std::size_t limit);

/// Asks at the terminal of this process, without showing what is typed. Errors: refused (no terminal, nothing typed,
/// interrupted).
[[nodiscard]] core::Result<std::string> ask_terminal(const std::string& prompt, std::size_t limit);
/// Closes a descriptor; -1 is none.
void close_descriptor(int fd);
/// Whether a descriptor is open; from now on no other program inherits it.
[[nodiscard]] bool keep_to_this_program(int fd);

/// Whether there is a terminal to ask at.
[[nodiscard]] bool has_terminal();
/// Tells the terminal something; nothing happens where there is none.
void tell_terminal(const std::string& line);

/// The environment of this process, entry by entry, to be given to a helper later.
[[nodiscard]] std::vector<std::string> environment();
/// Puts these entries in the place of the environment, but those whose names begin with one of `but`.
void set_environment(const std::vector<std::string>& entries, const std::vector<std::string_view>& but);

}  // namespace airlock::sys
