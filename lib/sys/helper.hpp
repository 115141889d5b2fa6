#pragma once
/// \file
/// A helper process that keeps one thing for this one and is asked for it over two pipes: how it is started and talked
/// to, and how a secret reaches it: a line of a descriptor, or a line that a person types at the terminal.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sys/file.hpp"

namespace airlock::sys {

/// One end of a pair of pipes.
class Channel {
 public:
  Channel(Descriptor from_other, Descriptor to_other)
      : from_other_(std::move(from_other)), to_other_(std::move(to_other)) {}
  /// Error: unexpected where nobody is there.
  [[nodiscard]] core::Result<void> write(std::string_view bytes);
  /// Exactly so many bytes. Error: unexpected where the other end has gone before.
  [[nodiscard]] core::Result<std::string> read(std::size_t size);
  [[nodiscard]] std::vector<int> descriptors() const { return {from_other_.get(), to_other_.get()}; }

 private:
  Descriptor from_other_;
  Descriptor to_other_;
};

/// Forks a helper, which runs `work` and ends: at once, without anything that runs when a process ends usually. It ends
/// with its parent too. It has its end of the channel and, closed as soon as `work` has read it, the descriptor `secret`
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
