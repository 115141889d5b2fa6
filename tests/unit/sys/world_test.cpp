#include "sys/world.hpp"

#include <doctest/doctest.h>

#include "fake_world.hpp"
#include "sys/system.hpp"

using namespace airlock;

TEST_CASE("the real world has the clock and the random source of the system") {
  const auto before = sys::now();
  const auto time = sys::real_world().now();
  CHECK(before <= time);
  CHECK(time <= sys::now());
  CHECK(sys::real_world().random_bytes(16).size() == 16);
  CHECK(sys::real_world().random_bytes(16) != sys::real_world().random_bytes(16));
}

TEST_CASE("in a fake world the time passes when the test says so, and no random value comes twice") {
  test::FakeWorld fake(core::Time{1000});
  const sys::World& world = fake;
  CHECK(world.now().seconds == 1000);
  fake.time.seconds += 60;
  CHECK(world.now().seconds == 1060);
  CHECK(world.random_bytes(12).size() == 12);
  CHECK(world.random_bytes(12) != world.random_bytes(12));
}
