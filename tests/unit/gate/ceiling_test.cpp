// The first ceiling of a site, and what is looser than it.
#include "gate/ceiling.hpp"

#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "working_site.hpp"

using namespace airlock;
using gate::ReportOutcome;
using ledger::Kind;

namespace {

/// The newest ceiling in the ledger.
std::optional<policy::Ceiling> recorded(const test::WorkingSite& made) {
  const auto found = test::sound(gate::recorded_ceiling(made.ledger()));
  return found ? std::optional(found->ceiling) : std::nullopt;
}

}  // namespace

TEST_CASE("a site has no ceiling until it has both kit and licence, and then never more than sealing") {
  test::MadeSite bare;
  const auto before = test::sound(gate::read_inputs(bare.open(), test::sound(gate::open_to_read(bare.open()))));
  CHECK_FALSE(before.ceiling);
  const test::SmallVendor maker;
  test::sound(office::install_kit(bare.directory(), maker.kit(1), bare.world));
  const auto with_kit = test::sound(gate::read_inputs(bare.open(), test::sound(gate::open_to_read(bare.open()))));
  CHECK_FALSE(with_kit.ceiling);

  const test::WorkingSite made("sending");
  REQUIRE(recorded(made));
  CHECK(recorded(made)->at("weekly").disposition == policy::Disposition::seal);
}

TEST_CASE("a licence that nobody installed through the ledger sets the first ceiling with the first report") {
  test::MadeSite made;
  const test::SmallVendor maker;
  test::sound(office::install_kit(made.directory(), maker.kit(1), made.world));
  test::sound(sys::create_file(made.open().path(site::layout::licence), maker.licence("sealing"), sys::public_file));
  const auto ledger = [&] { return test::sound(gate::open_to_read(made.open())); };
  CHECK_FALSE(test::sound(gate::recorded_ceiling(ledger())));
  CHECK(test::sound(gate::read_inputs(made.open(), ledger())).ceiling_moved);
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  const auto first = test::sound(gate::recorded_ceiling(ledger()));
  REQUIRE(first);
  CHECK(first->ceiling.at("weekly").disposition == policy::Disposition::seal);
  CHECK_FALSE(test::sound(gate::read_inputs(made.open(), ledger())).ceiling_moved);
}

TEST_CASE("after a looser kit a report is held, and sealed once a person has authorised it") {
  test::WorkingSite made("sealing");
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  const auto before = recorded(made);
  test::sound(office::install_kit(made.directory(), made.maker.kit(2, test::Persons::kept), made.world));
  CHECK(recorded(made) == before);

  const std::string report = R"({"event": "weekly", "total": 8, "user": "Grace Hopper"})";
  const auto held = test::sound(test::process(made.directory(), made.world, report));
  CHECK(held.outcome == ReportOutcome::held);
  CHECK(held.prepared.stop.reason == gate::StopReason::ceiling);
  CHECK_MESSAGE(held.message.find("`/user`") != std::string::npos, held.message);
  CHECK(made.in(site::layout::held) == std::vector{held.report_id});
  CHECK(made.in(site::layout::outbox).size() == 2);
  CHECK(test::outcomes(made.directory()) == std::vector{Kind::released, Kind::held});
  // Nothing has changed, so nobody looks at it again.
  CHECK(test::sound(gate::process_held(made.directory(), {}, {}, made.world)).reports.size() == 1);
  CHECK(test::sound(gate::process_held(made.directory(), {}, {}, made.world)).reports.empty());

  test::sound(test::authorise(made.directory(), made.world));
  CHECK(recorded(made) != before);
  const auto looked = test::sound(gate::process_held(made.directory(), {}, {}, made.world));
  REQUIRE(looked.reports.size() == 1);
  CHECK(looked.reports[0].outcome == ReportOutcome::sealed);
  CHECK(looked.waiting == 0);
  CHECK(made.in(site::layout::held).empty());
  CHECK(made.in(site::layout::outbox).size() == 4);
  CHECK(test::outcomes(made.directory()) == std::vector{Kind::released, Kind::released});
  test::recover_and_check(made.directory(), made.world);
}

TEST_CASE("a stricter kit lowers the ceiling, so that going back to the former one has to be authorised") {
  test::WorkingSite made("sealing");
  test::sound(office::install_kit(made.directory(), made.maker.kit(2, test::Persons::kept), made.world));
  test::sound(test::authorise(made.directory(), made.world));
  test::sound(office::install_kit(made.directory(), made.maker.kit(3), made.world));
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  test::sound(office::install_kit(made.directory(), made.maker.kit(4, test::Persons::kept), made.world));
  const std::string report = R"({"event": "weekly", "total": 9})";
  CHECK(test::sound(test::process(made.directory(), made.world, report)).prepared.stop.reason ==
        gate::StopReason::ceiling);
}
