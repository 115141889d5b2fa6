#pragma once
/// \file
/// Two processes that talk over a pair of pipes.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {

/// One end of a pair of pipes.
class Channel {
 public:
  Channel(Descriptor from_other, Descriptor to_other)
      : from_other_(std::move(from_other)), to_other_(std::move(to_other)) {}
  /// Error: unexpected where the other process has ended. This causes no SIGPIPE.
  [[nodiscard]] core::Result<void> write(std::string_view bytes);
  /// Reads exactly `size` bytes. Error: unexpected where the other process ended before.
  [[nodiscard]] core::Result<std::string> read(std::size_t size);
  [[nodiscard]] std::vector<int> descriptors() const { return {from_other_.get(), to_other_.get()}; }

 private:
  Descriptor from_other_;
  Descriptor to_other_;
};

/// One side of a fork.
struct Forked {
  int child = 0;  ///< in the parent, the process id of the child; 0 in the child
  Channel channel;
};

/// Forks, with a channel between the two processes. The kernel kills the child when its parent ends. The caller must
/// have no other threads and no buffered output. Error: unexpected (too many processes).
[[nodiscard]] core::Result<Forked> fork_with_channel();

}  // namespace airlock::sys
