#pragma once
/// \file
/// A world for tests: its clock stands still until a test moves it, its random bytes count up, and its files are real
/// ones whose changes fail when a test says so.
///
///     world.fail_at(n, Fault::crash);   // the nth change from now on, counted from 1
///     … what is tested …
///     if (!world.failed()) …            // it made fewer than n changes
///     world.heal();

#include <cstdint>
#include <string>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "sys/world.hpp"

namespace airlock::test {

enum class Fault : std::uint8_t {
  none,
  before,  ///< this change is not made, as on a full disk
  after,   ///< this change is made, and nobody learns that it was
  crash,   ///< neither this change nor a later one is made, also not by destructors
};

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
  [[nodiscard]] core::Result<void> change(const std::string& path,
                                          const std::function<core::Result<void>()>& step) const override {
    const Fault met = meet();
    if (met == Fault::none) return step();
    if (met == Fault::after) (void)step();
    return core::fail(core::Code::not_recorded, core::quote(path) + ": no space left on device", "of the test");
  }

  void fail_at(std::uint64_t nth, Fault fault) {
    nth_ = nth;
    fault_ = fault;
    changes_ = 0;
  }
  void heal() { fail_at(0, Fault::none); }
  /// Counts a change, and returns what becomes of it.
  [[nodiscard]] Fault meet() const {
    ++changes_;
    const bool fails = changes_ == nth_ || (fault_ == Fault::crash && changes_ > nth_);
    return fails ? fault_ : Fault::none;
  }
  /// How many changes there were since the newest `fail_at` or `heal`.
  [[nodiscard]] std::uint64_t changes() const { return changes_; }
  [[nodiscard]] bool failed() const { return fault_ != Fault::none && changes_ >= nth_; }
  [[nodiscard]] bool crashed() const { return fault_ == Fault::crash && failed(); }

  core::Time time;

 private:
  mutable std::uint64_t calls_ = 0;
  mutable std::uint64_t changes_ = 0;
  std::uint64_t nth_ = 0;
  Fault fault_ = Fault::none;
};

}  // namespace airlock::test
