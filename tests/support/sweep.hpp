#pragma once
/// \file
/// Something is done again and again, each time at a fresh copy of a site, and each time another one of its changes of
/// files fails, and each commit of the ledger too: once not made, once made without anybody learning of it, and once
/// the last thing before a crash. The ordinary run tries each change in one of these ways, the long run in all.

#include <doctest/doctest.h>

#include <filesystem>
#include <initializer_list>

#include "fake_world.hpp"
#include "long_run.hpp"
#include "sqlite_faults.hpp"
#include "temporary_directory.hpp"

namespace airlock::test {

/// `act` takes the path of the copy and returns whether it ended well; `check` looks at the copy afterwards, in a world
/// without faults. Each kind ends once `act` makes fewer changes than are to fail. Returns how many faults there were.
template <typename Act, typename Check>
std::uint64_t sweep(const std::string& site, FakeWorld& world, Act act, Check check,
                    std::initializer_list<Fault> kinds = {Fault::before, Fault::after, Fault::crash}) {
  constexpr std::uint64_t bound = 500;
  std::uint64_t points = 0;
  const core::Time start = world.time;
  const std::uint64_t stride = is_long_run() ? 1 : kinds.size();
  std::uint64_t first = 0;
  for (const Fault fault : kinds) {
    for (std::uint64_t nth = stride == 1 ? 1 : ++first;; nth += stride, ++points) {
      REQUIRE(nth < bound);
      CAPTURE(static_cast<int>(fault));
      CAPTURE(nth);
      const TemporaryDirectory folder = TemporaryDirectory::in_memory();
      const std::string copy = folder / "site";
      std::filesystem::copy(site, copy, std::filesystem::copy_options::recursive);
      world.time = start;
      bool well = false;
      bool failed = false;
      {
        const SqliteFaults faults(world, SqliteFaults::Counted::commits);
        world.fail_at(nth, fault);
        well = act(copy);
        failed = world.failed();
        world.heal();
      }
      world.time = start + std::chrono::minutes(1);
      check(copy);
      if (failed) continue;
      CHECK(well);
      break;
    }
  }
  world.time = start;
  return points;
}

}  // namespace airlock::test
