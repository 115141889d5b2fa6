// A person's order is cut short anywhere; then it was carried out or not, and giving it again carries it out.
#include <nlohmann/json.hpp>

#include "gate/read_inputs.hpp"
#include "ledger/entry.hpp"
#include "office/discard.hpp"
#include "office/hand_over.hpp"
#include "office/receipt.hpp"
#include "office/rotate.hpp"
#include "sweep.hpp"
#include "working_site.hpp"

using namespace airlock;
using gate::ReportOutcome;
using ledger::Kind;
using test::Fault;

namespace {

/// Faults for orders that change many files.
constexpr auto two_kinds = {Fault::before, Fault::crash};

std::uint64_t count(const std::string& directory, Kind kind) {
  const auto ledger = test::sound(gate::open_to_read(test::sound(site::Site::open(directory))));
  std::uint64_t out = 0;
  for (const auto& entry : test::sound(ledger.entries(0, 1000))) out += entry.kind == kind ? 1U : 0U;
  return out;
}

std::uint64_t kit_of(const std::string& directory, const sys::World& world) {
  const auto site = test::sound(site::Site::open(directory, world));
  const auto inputs = test::sound(gate::read_inputs(site, test::sound(gate::open_to_read(site))));
  REQUIRE_MESSAGE(inputs.kit, inputs.no_kit.message);
  return inputs.kit->number;
}

}  // namespace

TEST_CASE("wherever it fails to put an authorised kit into force, one of the two kits is in force, whole") {
  constexpr std::uint64_t far = 5000;
  test::WorkingSite made("sealing");
  CHECK_FALSE(office::install_kit(made.directory(), made.maker.kit(far), made.world));
  bool told = false;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) { return told = test::authorise(site, made.world).has_value(); },
      [&](const std::string& site) {
        test::recover_and_check(site, made.world);
        const bool recorded = count(site, Kind::authorised) == 1;
        CHECK((recorded || !told));
        CHECK(kit_of(site, made.world) == (recorded ? far : 1));
        if (!recorded) test::sound(test::authorise(site, made.world));
        CHECK(kit_of(site, made.world) == far);
        CHECK(test::sound(test::process(site, made.world)).outcome == ReportOutcome::sealed);
      },
      two_kinds);
  CHECK(points > 15);
  MESSAGE(points << " faults while a kit was authorised");
}

TEST_CASE("wherever it fails to rotate a key, the site has one whole key, and the ledger names it") {
  std::uint64_t points = 0;
  for (const auto key : {site::KeyName::site, site::KeyName::ledger, site::KeyName::pseudonym}) {
    CAPTURE(static_cast<int>(key));
    test::WorkingSite made("sealing");
    bool told = false;
    points += test::sweep(
        made.directory(), made.world,
        [&](const std::string& site) { return told = office::rotate_key(site, key, made.world).has_value(); },
        [&](const std::string& site) {
          test::recover_and_check(site, made.world);
          const auto rotated = count(site, Kind::key_rotated);
          CHECK((rotated == 1 || (rotated == 0 && !told)));
          const auto again = test::sound(office::rotate_key(site, key, made.world));
          const auto opened = test::sound(site::Site::open(site, made.world));
          const auto newest = test::sound(test::sound(gate::open_to_read(opened)).newest(Kind::key_rotated));
          CHECK(ledger::body_of(*newest)->at("current") == again.current);
          CHECK(test::sound(test::process(site, made.world)).outcome == ReportOutcome::sealed);
        },
        {Fault::crash});
  }
  CHECK(points > 80);
  MESSAGE(points << " crashes while a key was rotated");
}

TEST_CASE("wherever a rotation of the pseudonym key was cut short, destroying the keys leaves no copy of one") {
  test::WorkingSite made("sealing");
  std::string first;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) {
        first = test::sound(sys::read_file(site + "/keys/pseudonym.key", 1024));
        return office::rotate_key(site, site::KeyName::pseudonym, made.world).has_value();
      },
      [&](const std::string& site) {
        const std::string second = test::sound(sys::read_file(site + "/keys/pseudonym.key", 1024));
        test::sound(office::destroy_pseudonym_keys(site, made.world));
        for (const auto& each : std::filesystem::recursive_directory_iterator(site + "/keys")) {
          if (!each.is_regular_file()) continue;
          const std::string text = test::sound(sys::read_file(each.path(), 4096));
          CHECK_MESSAGE((text != first && text != second), each.path().filename().string());
        }
      },
      {Fault::crash});
  MESSAGE(points << " crashes before pseudonym keys were destroyed");
}

TEST_CASE("wherever it fails to hand a bundle over, the ledger has it before the medium shows it") {
  test::WorkingSite made("sealing");
  REQUIRE(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  bool told = false;
  const auto hand_over = [&](const std::string& site) {
    return office::hand_over(site, {.numbers = {}, .to = site + "-medium", .note = {}}, made.world);
  };
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) {
        std::filesystem::create_directory(site + "-medium");
        return told = hand_over(site).has_value();
      },
      [&](const std::string& site) {
        test::recover_and_check(site, made.world);
        const auto shown = [&] {
          std::uint64_t out = 0;
          for (const auto& name : test::sound(sys::list_directory(site + "-medium"))) out += name[0] == '.' ? 0U : 1U;
          return out;
        };
        const auto recorded = count(site, Kind::handed_over);
        CHECK((recorded == 1 || (shown() == 0 && !told)));
        CHECK((shown() == 2 || !told));
        test::sound(hand_over(site));
        CHECK(shown() == 2);
        CHECK(test::sound(sys::list_directory(site + "-medium")).size() == 2);
      });
  CHECK(points > 10);
  MESSAGE(points << " faults while a bundle was handed over");
}

TEST_CASE("wherever it fails to import a receipt, importing it again records it once") {
  test::WorkingSite made("sealing");
  REQUIRE(test::sound(test::process(made.directory(), made.world)).outcome == ReportOutcome::sealed);
  const auto site = made.open();
  const auto sealed = *test::sound(made.ledger().newest_disclosure());
  const std::string receipt =
      made.maker.receipt({.site_id = site.configuration().site_id,
                          .site_key_sha256 = test::sound(site.signing_certificate()).key().sha256().hex(),
                          .sequence = 1,
                          .issued = made.world.time,
                          .items = {{sealed.id, sealed.content_sha256}},
                          .checkpoint = *test::sound(made.ledger().newest_checkpoint()),
                          .missing = {}});
  bool told = false;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& copy) { return told = office::import_receipt(copy, receipt, made.world).has_value(); },
      [&](const std::string& copy) {
        test::recover_and_check(copy, made.world);
        const auto recorded = count(copy, Kind::acknowledged);
        CHECK((recorded == 2 || (recorded == 0 && !told)));
        const auto again = test::sound(office::import_receipt(copy, receipt, made.world));
        CHECK(again.repeated == (recorded == 2));
        CHECK(count(copy, Kind::acknowledged) == 2);
        CHECK(test::sound(sys::list_directory(copy + "/history")).back().starts_with("receipt-1-"));
      });
  CHECK(points > 8);
  MESSAGE(points << " faults while a receipt was imported");
}

TEST_CASE("wherever it fails to discard a report, its bytes are there as long as it waits") {
  test::WorkingSite made("sending");
  const auto held = test::sound(test::process(made.directory(), made.world));
  REQUIRE(held.outcome == ReportOutcome::held);
  bool told = false;
  const auto points = test::sweep(
      made.directory(), made.world,
      [&](const std::string& site) { return told = office::discard(site, 1, "a test", made.world).has_value(); },
      [&](const std::string& site) {
        test::recover_and_check(site, made.world);
        const auto latest = test::outcomes(site).at(0);
        CHECK((latest == Kind::discarded || (latest == Kind::held && !told)));
        CHECK(sys::exists(site + "/held/" + held.report_id) == (latest == Kind::held));
        if (latest == Kind::held) test::sound(office::discard(site, 1, "a test", made.world));
        CHECK(test::outcomes(site) == std::vector{Kind::discarded});
        CHECK_FALSE(sys::exists(site + "/held/" + held.report_id));
      });
  CHECK(points > 5);
  MESSAGE(points << " faults while a report was discarded");
}
