#pragma once
/// \file
/// The clock and the random source as one interface, so that a test can replace them: pass a `World` where a function
/// must read the time or random bytes, and `real_world()` in the product.

#include <cstddef>
#include <string>

#include "core/time.hpp"

namespace airlock::sys {

class World {
 public:
  virtual ~World() = default;
  /// The time now, UTC.
  [[nodiscard]] virtual core::Time now() const = 0;
  /// `count` bytes that nobody can predict.
  [[nodiscard]] virtual std::string random_bytes(std::size_t count) const = 0;
};

/// The clock and the random source of the system: the functions of sys/system.hpp.
[[nodiscard]] const World& real_world();

}  // namespace airlock::sys
