// Every outcome of a sending has a name and a line on docs/formats/delivery.md, and the three agree.
#include "delivery/event.hpp"

#include <doctest/doctest.h>

#include "source_lines.hpp"

TEST_CASE("each outcome of a sending is named like its enumerator, and the page has a line for each") {
  const Lines all = matches(lines_between("lib/delivery/event.hpp", "enum class SendOutcome", "};"), "^  (\\w+),");
  REQUIRE(all.size() >= 7);
  const auto outcome_at = [](std::size_t index) { return static_cast<airlock::delivery::SendOutcome>(index); };
  for (std::size_t i = 0; i < all.size(); ++i) CHECK(name(outcome_at(i)) == all[i]);
  CHECK_THROWS(static_cast<void>(name(outcome_at(all.size()))));
  const Lines page = lines_between("docs/formats/delivery.md", "## What became of a sending", "## ");
  CHECK(matches(page, "^\\| `(\\w+)` \\|") == all);
}
