#include "progress.hpp"

#include <doctest/doctest.h>

#include "wrap.hpp"

using namespace airlock::console;

TEST_CASE("a bar says how far the work has come, in less than the width of the terminal") {
  CHECK(bar_line("bundles verified", 600, 1000, 80) == "[##################            ] 600 of 1000 bundles verified");
  CHECK(bar_line("bundles verified", 0, 1000, 45) == "[               ] 0 of 1000 bundles verified");
  CHECK(bar_line("bundles verified", 9, 1000, 30) == "9 of 1000 bundles verified");
  CHECK(bar_line("bytes of the report read", 65536, 0, 80) == "65536 bytes of the report read");
  CHECK(bar_line("entries", 7, 5, 40) == "[######################] 5 of 5 entries");
  for (std::size_t width = 40; width < 130; ++width) {
    CAPTURE(width);
    CHECK(columns(bar_line("bytes searched for copies of what was taken out", 123456789, 987654321, width)) < width);
  }
}
