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
  /// Error: unexpected where nobody is there; SIGPIPE does not come of it.
  [[nodiscard]] core::Result<void> write(std::string_view bytes);
  /// Exactly so many bytes. Error: unexpected where the other end has gone before.
  [[nodiscard]] core::Result<std::string> read(std::size_t size);
  [[nodiscard]] std::vector<int> descriptors() const { return {from_other_.get(), to_other_.get()}; }

 private:
  Descriptor from_other_;
  Descriptor to_other_;
};

/// One side of a fork.
struct Forked {
  int child = 0;  ///< in the parent the child's process id; 0 in the child
  Channel channel;
};

/// Forks, with a channel between the two. The child is killed when its parent ends, and at once where that has ended
/// already. The caller must have no other threads and nothing in its buffers. Error: unexpected (no more processes).
[[nodiscard]] core::Result<Forked> fork_with_channel();

}  // namespace airlock::sys
