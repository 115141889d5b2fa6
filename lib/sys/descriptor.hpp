#pragma once
/// \file
/// A file descriptor with an owner, which closes it.

#include <utility>

namespace airlock::sys {

/// Owns a file descriptor and closes it at the end. -1 means that there is none.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(Descriptor&& other) noexcept : fd_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();
  [[nodiscard]] int get() const { return fd_; }
  /// Gives the descriptor to the caller, which must close it. This object has none from then on.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace airlock::sys
