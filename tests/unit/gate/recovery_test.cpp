// A change of files or a commit fails anywhere while a report is dealt with; the next command then finds a sound site.
#include "gate/recovery.hpp"

#include "sweep.hpp"
#include "working_site.hpp"

using namespace airlock;
using gate::ReportOutcome;
using ledger::Kind;

namespace {

/// Processes the small report under each fault. Afterwards the site recovers, what the caller was told is true, and the
/// report can be handed in again.
std::uint64_t sweep_process(test::WorkingSite& made, ReportOutcome outcome, Kind last) {
  std::optional<core::Result<gate::Processed>> told;
  const auto act = [&](const std::string& site) {
    told = test::process(site, made.world);
    return told->has_value() && (*told)->outcome == outcome;
  };
  const auto check = [&](const std::string& site) {
    test::recover_and_check(site, made.world);
    const auto before = test::outcomes(site);
    REQUIRE(before.size() <= 1);
    if (told->has_value()) CHECK(before == std::vector{last});
    if (before == std::vector{last}) {
      CHECK(test::sound(test::process(site, made.world)).outcome ==
            (last == Kind::released || last == Kind::queued ? ReportOutcome::repeated : outcome));
    } else {
      CHECK((before.empty() || before[0] == Kind::abandoned));
      CHECK(test::sound(test::process(site, made.world)).outcome == outcome);
      CHECK(test::outcomes(site).back() == last);
    }
  };
  return test::sweep(made.directory(), made.world, act, check);
}

}  // namespace

TEST_CASE("wherever a bundle's way is cut short, it is finished or undone, and the report can be handed in again") {
  test::WorkingSite made("sealing");
  const auto points = sweep_process(made, ReportOutcome::sealed, Kind::released);
  CHECK(points > 20);
  MESSAGE(points << " faults while a report was sealed");
}

TEST_CASE("wherever a payload's way into the queue is cut short, it is finished or undone") {
  test::WorkingSite made("sending");
  test::sound(test::authorise(made.directory(), made.world));
  const auto points = sweep_process(made, ReportOutcome::queued, Kind::queued);
  CHECK(points > 20);
  MESSAGE(points << " faults while a report was queued");
}

TEST_CASE("wherever it fails to hold or to withhold a report, the report is recorded once or not at all") {
  test::WorkingSite held("sending");
  const auto points = sweep_process(held, ReportOutcome::held, Kind::held);
  test::WorkingSite silent("silent");
  const auto more = sweep_process(silent, ReportOutcome::withheld, Kind::withheld);
  CHECK(points > 5);
  CHECK(more > 5);
  MESSAGE((points + more) << " faults while a report was held or withheld");
}
