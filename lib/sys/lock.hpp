#pragma once
/// \file
/// A lock between processes.

#include <string>

#include "core/result.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {

using core::Result;

/// An exclusive flock(2), held for as long as the object lives. The file is made where it does not exist.
class Lock {
 public:
  /// Waits up to `seconds`. Error: not_recorded where another process holds the lock for longer.
  [[nodiscard]] static Result<Lock> acquire(const std::string& path, int seconds);

 private:
  explicit Lock(Descriptor fd) : fd_(std::move(fd)) {}
  Descriptor fd_;
};

}  // namespace airlock::sys
