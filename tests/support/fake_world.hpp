#pragma once
/// \file
/// A world for tests: its clock stands still until a test moves it, and its random bytes count up.

#include <string>

#include "core/encoding.hpp"
#include "sys/world.hpp"

namespace airlock::test {

class FakeWorld final : public sys::World {
 public:
  explicit FakeWorld(core::Time start) : time(start) {}
  [[nodiscard]] core::Time now() const override { return time; }
  /// Different bytes at each call, the same in each run: the number of the call, again and again.
  [[nodiscard]] std::string random_bytes(std::size_t count) const override {
    const std::string number = core::big_endian_64(++calls_);
    std::string out;
    while (out.size() < count) out += number;
    return out.substr(0, count);
  }

  core::Time time;

 private:
  mutable std::uint64_t calls_ = 0;
};

}  // namespace airlock::test
