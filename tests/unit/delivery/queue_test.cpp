// A round of sending is cut short anywhere: between the record of an attempt and that of its end, too.
#include <filesystem>

#include "delivery/sender.hpp"
#include "sweep.hpp"
#include "working_site.hpp"

using namespace airlock;
using gate::ReportOutcome;
using ledger::Kind;
using ledger::Stage;

namespace {

/// A site with one report in the queue, for a destination where nobody listens.
class Queue : public test::WorkingSite {
 public:
  Queue() : WorkingSite("sending") {
    const auto site = open();
    test::sound(sys::create_file(site.path(site::layout::delivery_trust) + "/ca.crt",
                                 test::vendor().root.certificate.pem(), sys::public_file));
    test::sound(test::authorise(directory(), world));
    const auto queued = test::sound(test::process(directory(), world));
    REQUIRE(queued.outcome == ReportOutcome::queued);
  }
};

core::Result<delivery::SendRound> send(const std::string& directory, const sys::World& world) {
  return delivery::send_round(directory, {.now = true, .environment = {}, .stop = {}, .world = &world},
                              [](const delivery::SendEvent&) {});
}

ledger::Disclosure disclosure_of(const std::string& directory) {
  const auto ledger = test::sound(gate::open_to_read(test::sound(site::Site::open(directory))));
  return *test::sound(ledger.disclosure_by_number(1));
}

}  // namespace

TEST_CASE("wherever an attempt is cut short the payload waits on, and an attempt without an end is uncertain") {
  Queue made;
  bool told = false;
  std::uint64_t open = 0;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) {
        const auto round = send(site, made.world);
        if (round) CHECK(round->sent == 0);
        return told = round.has_value();
      },
      [&](const std::string& site) {
        test::recover_and_check(site, made.world);
        const auto before = disclosure_of(site);
        CHECK((before.stage == Stage::queued || (before.stage == Stage::attempted && !told)));
        CHECK(before.attempts == (before.stage == Stage::attempted || told ? 1 : before.attempts));
        if (before.stage == Stage::attempted) ++open;
        CHECK(test::sound(send(site, made.world)).waiting == 1);
        const auto after = disclosure_of(site);
        CHECK(after.stage == Stage::queued);
        CHECK(after.attempts == before.attempts + 1);
        CHECK(after.uncertain == (before.stage == Stage::attempted));
        CHECK(sys::exists(site + "/outbox/" + after.file));
        CHECK(sys::list_directory(site + "/held")->size() == 1);
      });
  CHECK(open > 0);
  CHECK(points > 8);
  MESSAGE(points << " faults while a report was sent, " << open << " attempts without an end");
}

TEST_CASE("wherever it fails to withdraw a payload, it is never sent, and in the end it is gone from the outbox") {
  Queue made;
  test::sound(office::install_licence(made.directory(), made.maker.licence("silent", 2), "licence", made.world));
  bool told = false;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) {
        const auto round = send(site, made.world);
        if (round) CHECK(round->withdrawn == 1);
        return told = round.has_value();
      },
      [&](const std::string& site) {
        test::recover_and_check(site, made.world);
        const auto stage = disclosure_of(site).stage;
        CHECK((stage == Stage::withdrawn || (stage == Stage::queued && !told)));
        test::sound(send(site, made.world));
        CHECK(disclosure_of(site).stage == Stage::withdrawn);
        CHECK(disclosure_of(site).attempts == 0);
        CHECK(sys::list_directory(site + "/outbox")->empty());
        CHECK(test::outcomes(site) == std::vector{Kind::held});
        test::recover_and_check(site, made.world);
      });
  CHECK(points > 5);
  MESSAGE(points << " faults while a payload was withdrawn");
}
