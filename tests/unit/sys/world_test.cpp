#include "sys/world.hpp"

#include <doctest/doctest.h>

#include "fake_world.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

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

TEST_CASE("a fake world fails at each change of a file in turn, and says how many there are") {
  test::FakeWorld world(core::Time{1000});
  for (const auto fault : {test::Fault::before, test::Fault::after, test::Fault::crash}) {
    std::uint64_t tried = 0;
    for (bool done = false; !done; ++tried) {
      const test::TemporaryDirectory folder;
      REQUIRE(sys::create_file(folder / "x", "old", sys::private_file));
      world.fail_at(tried + 1, fault);
      const auto replaced = sys::replace_file(folder / "x", "new", sys::private_file, world);
      done = !world.failed();
      CHECK(replaced.has_value() == done);
      world.heal();
      const std::string content = sys::read_file(folder / "x", 10).value();
      CHECK((content == "old" || content == "new"));
      const auto names = sys::list_directory(folder.path()).value();
      if (fault == test::Fault::crash) {
        CHECK(names.size() == (tried == 0 || content == "new" ? 1 : 2));
      } else {
        CHECK((names.size() == 1 || (tried == 0 && fault == test::Fault::after)));
      }
    }
    // A hidden file is made, written, synced and renamed, then its folder is synced.
    CHECK(tried == 6);
  }
}
