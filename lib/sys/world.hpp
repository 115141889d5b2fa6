#pragma once
/// \file
/// The world around a site as one interface: the clock, the random source, and every change of a file. The product
/// passes `real_world()`. A test passes one of its own: it can set the clock, and have each single change of a file
/// fail, as on a full disk or in a crash.
///
/// The functions that change files (sys/names.hpp, sys/write_file.hpp, sys/drop.hpp) take a world as their last
/// argument. Reading goes past it.

#include <cstddef>
#include <functional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::sys {

class World {
 public:
  virtual ~World() = default;
  /// The time now, UTC.
  [[nodiscard]] virtual core::Time now() const = 0;
  /// `count` bytes that nobody can predict.
  [[nodiscard]] virtual std::string random_bytes(std::size_t count) const = 0;

  /// Makes one change of the file or folder at `path`: calls `step`, and returns its result. A step is one system call,
  /// or a few between which nothing can be lost.
  [[nodiscard]] virtual core::Result<void> change([[maybe_unused]] const std::string& path,
                                                  const std::function<core::Result<void>()>& step) const {
    return step();
  }
};

/// The clock and the random source of the system: the functions of sys/system.hpp. Every step is made.
[[nodiscard]] const World& real_world();

/// A random UUID (version 4).
[[nodiscard]] std::string random_uuid(const World& world = real_world());

}  // namespace airlock::sys
