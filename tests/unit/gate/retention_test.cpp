// What is removed when the clock has moved.
#include "gate/retention.hpp"

#include "working_site.hpp"

using namespace airlock;
using gate::ReportOutcome;
using ledger::Kind;
using std::chrono::days;

namespace {

/// What the next command of a person does: it appends an entry, so that the ledger knows the time.
void pass(test::WorkingSite& made, days time) {
  made.world.time = made.world.time + time;
  test::sound(office::put_on_hold(made.directory(), "", made.world));
  test::sound(office::lift_hold(made.directory(), "", made.world));
}

void expire(const test::WorkingSite& made) {
  auto session = test::sound(
      gate::begin_session(made.directory(), gate::Patience::none, gate::Unfinished::is_finished, made.world));
  test::sound(gate::expire(session));
}

}  // namespace

TEST_CASE("a held report expires after 90 days, and not a day before") {
  test::WorkingSite made("sending");
  const auto held = test::sound(test::process(made.directory(), made.world));
  REQUIRE(held.outcome == ReportOutcome::held);
  for (int i = 0; i < 3; ++i) pass(made, days(29));
  made.world.time = made.world.time + days(2);
  expire(made);
  CHECK(made.in(site::layout::held) == std::vector{held.report_id});
  made.world.time = made.world.time + days(1);
  expire(made);
  CHECK(made.in(site::layout::held).empty());
  CHECK(test::outcomes(made.directory()) == std::vector{Kind::expired});
  test::recover_and_check(made.directory(), made.world);
}

TEST_CASE("where the clock has leapt by more than 31 days nothing expires") {
  test::WorkingSite made("sending");
  const auto held = test::sound(test::process(made.directory(), made.world));
  for (int i = 0; i < 3; ++i) pass(made, days(29));
  made.world.time = made.world.time + days(32);
  expire(made);
  CHECK(made.in(site::layout::held) == std::vector{held.report_id});
  CHECK(test::outcomes(made.directory()) == std::vector{Kind::held});
  // Once an entry has the new time, it is no leap any more.
  pass(made, days(1));
  expire(made);
  CHECK(made.in(site::layout::held).empty());
}
