// What a decision is made of where something of it is missing, altered or too old.
#include "gate/inputs.hpp"

#include "gate/read_inputs.hpp"
#include "working_site.hpp"

using namespace airlock;
using core::Code;
using core::LicenceState;
using gate::ReportOutcome;
using ledger::Kind;

namespace {

gate::Inputs inputs_of(const test::MadeSite& made) {
  return test::sound(gate::read_inputs(made.open(), test::sound(gate::open_to_read(made.open()))));
}

/// The report is recorded and kept, and nothing is in the outbox.
void check_held(const test::MadeSite& made, gate::StopReason reason) {
  const auto processed = test::sound(test::process(made.directory(), made.world));
  CHECK(processed.outcome == ReportOutcome::held);
  CHECK(processed.prepared.stop.reason == reason);
  CHECK(test::outcomes(made.directory()).back() == Kind::held);
  CHECK(sys::exists(gate::kept_path(made.open(), processed.report_id)));
  CHECK(sys::list_directory(made.open().path(site::layout::outbox))->empty());
  test::recover_and_check(made.directory(), made.world);
}

}  // namespace

TEST_CASE("without a kit every report is held, whatever the licence says") {
  const test::MadeSite made;
  CHECK_FALSE(inputs_of(made).kit);
  CHECK(inputs_of(made).no_kit.message == "no kit has been installed");
  check_held(made, gate::StopReason::no_kit);
}

TEST_CASE("a kit whose file is gone, altered, or not the one in the ledger is no kit") {
  test::WorkingSite made("sealing");
  const auto fingerprint = inputs_of(made).fingerprint;
  const std::string path = made.open().path(site::layout::kit);
  std::string file = test::sound(sys::read_file(path, 1 << 20));
  SUBCASE("gone") { REQUIRE(sys::remove_file(path)); }
  SUBCASE("altered") {
    file.at(file.size() / 2) = file.at(file.size() / 2) == 'A' ? 'B' : 'A';
    REQUIRE(sys::replace_file(path, file, sys::public_file));
  }
  SUBCASE("another one of the vendor's") { REQUIRE(sys::replace_file(path, made.maker.kit(2), sys::public_file)); }
  CHECK_FALSE(inputs_of(made).kit);
  CHECK_MESSAGE(inputs_of(made).no_kit.message.find("kit.p7s") != std::string::npos, inputs_of(made).no_kit.message);
  CHECK(inputs_of(made).fingerprint != fingerprint);
  check_held(made, gate::StopReason::no_kit);
}

TEST_CASE("without a licence nothing leaves, and the report is held until there is one") {
  test::MadeSite made;
  const test::SmallVendor maker;
  test::sound(office::install_kit(made.directory(), maker.kit(1), made.world));
  CHECK(inputs_of(made).licence.verdict.state == LicenceState::missing);
  check_held(made, gate::StopReason::licence);
  test::sound(office::install_licence(made.directory(), maker.licence("sealing"), "licence", made.world));
  const auto looked = test::sound(gate::process_held(made.directory(), {}, {}, made.world));
  REQUIRE(looked.reports.size() == 1);
  CHECK(looked.reports[0].outcome == ReportOutcome::sealed);
}

TEST_CASE("as a licence passes through grace into expiry, the decision becomes stricter by itself") {
  test::WorkingSite made("sealing");
  const auto fingerprint = inputs_of(made).fingerprint;
  made.world.time = test::time("2027-10-03T00:00:00Z");
  CHECK(inputs_of(made).licence.verdict.state == LicenceState::grace);
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  made.world.time = test::time("2027-11-03T00:00:00Z");
  CHECK(inputs_of(made).licence.verdict.state == LicenceState::expired);
  CHECK(inputs_of(made).fingerprint != fingerprint);  // the report in between recorded the ceiling
  const auto late = test::sound(test::process(made.directory(), made.world, R"({"event": "weekly"})"));
  CHECK(late.outcome == ReportOutcome::held);
  CHECK(late.licence_state == "expired");
  CHECK(late.prepared.stop.reason == gate::StopReason::licence);
  CHECK(test::outcomes(made.directory()) == std::vector{Kind::released, Kind::held});
}

TEST_CASE("a clock that was put back counts as no valid licence, until it is set right") {
  test::WorkingSite made("sealing");
  made.world.time = made.start + std::chrono::days(40);
  CHECK(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  made.world.time = made.start + std::chrono::days(2);
  CHECK(inputs_of(made).licence.verdict.state == LicenceState::clock_rollback);
  const auto verdict = inputs_of(made).licence.verdict;
  CHECK(verdict.code() == Code::verdict);
  made.world.time = made.start + std::chrono::days(41);
  CHECK(inputs_of(made).licence.verdict.state == LicenceState::valid);
}

TEST_CASE("a configuration that cannot be read stops the site, and nothing is recorded") {
  test::WorkingSite made("sealing");
  const auto size = made.ledger().head()->size;
  const auto site = made.open();
  const std::string path = site.path(site::layout::configuration);
  const auto ledger = test::sound(gate::open_to_read(site));
  SUBCASE("no JSON") { REQUIRE(sys::replace_file(path, "{", sys::private_file)); }
  SUBCASE("a member that nobody knows") {
    REQUIRE(sys::replace_file(path, R"({"format": "airlock-site/1", "loose": true})", sys::private_file));
  }
  CHECK(gate::read_inputs(site, ledger).error().code == Code::bad_input);
  const auto processed = test::process(made.directory(), made.world);
  REQUIRE_FALSE(processed);
  CHECK(processed.error().code == Code::bad_input);
  CHECK(ledger.head()->size == size);
  CHECK(sys::list_directory(site.path(site::layout::held))->empty());
}
