#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "register_desk.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

/// The site's entry `adopted`, of a ledger that knows these disclosures and then has `size` entries.
AdoptedPast adopted(std::uint64_t first, const std::vector<Arrival>& known, std::uint64_t size,
                    const std::string& time = "2026-11-02T00:00:00Z") {
  AdoptedPast out;
  core::Json list = core::Json::array();
  for (const Arrival& one : known) {
    list.push_back({{"disclosure", first++}, {"id", one.id}, {"content_sha256", one.content_sha256}});
  }
  const core::Json body{
      {"format", "airlock-entry/1"}, {"nonce", std::string(32, '0')}, {"seq", size - 1},    {"time", time},
      {"kind", "adopted"},           {"reason", "disk lost"},         {"disclosures", list}};
  out.entry = core::to_text(body);
  out.adoption = ledger::read_adoption(out.entry, size - 1).value();
  out.head = tree(size, "of the restored ledger");
  out.checkpoint = "note of the adopted ledger";
  return out;
}

/// Disclosure `n` as the restored ledger made it anew.
Arrival again(std::uint64_t n, const std::optional<envelope::Previous>& previous) {
  Arrival out = bundle(n, 0);
  out.id[0] = 'e';
  out.content_sha256 = crypto::sha256("anew " + std::to_string(n)).hex();
  out.previous = previous;
  out.head = tree(10 * n, "of the restored ledger");
  out.checkpoint = "note anew " + std::to_string(n);
  return out;
}

envelope::Previous named(const Arrival& arrival) { return {arrival.id, arrival.content_sha256}; }

}  // namespace

TEST_CASE("a site whose ledger was restored is readmitted: what both pasts have stays, the rest is kept apart") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 4; ++n) desk.take(bundle(n, n - 1));
  CHECK(desk.receipt().checkpoint == "note 4");
  const Arrival third = again(3, named(bundle(2, 1)));
  CHECK(is_fork(desk.take(third)));

  const AdoptedPast past = adopted(1, {bundle(1, 0), bundle(2, 1)}, 25);
  auto done = desk.reg().readmit(site_id, past, "ticket 1", *core::Time::from_text("2026-11-03T00:00:00Z"));
  REQUIRE_MESSAGE(done, done.error().message);
  CHECK(done->is_new);
  CHECK(done->kept == 2);
  CHECK(done->former == 2);
  CHECK(done->forks == 1);
  CHECK(desk.gaps().forks.empty());
  CHECK(desk.gaps().last == 2);
  CHECK(desk.receipt().checkpoint == "note of the adopted ledger");  // which the site can verify

  Arrival grown = third;
  grown.proven_from = past.head;
  CHECK(desk.take(grown).standing == CheckpointStanding::proven);
  CHECK(desk.take(bundle(3, 2)).is_former);
  CHECK(desk.take(bundle(4, 3)).is_former);
  CHECK(desk.take(bundle(5, 4)).is_former);  // of that past, and new here
  CHECK_FALSE(desk.take(bundle(1, 0)).is_new);
  CHECK_FALSE(is_fork(desk.take(again(4, named(third)))));
  const Gaps gaps = desk.gaps();
  CHECK(gaps.received == 4);
  CHECK(gaps.missing.empty());
  CHECK(gaps.forks.empty());
  REQUIRE(gaps.readmissions.size() == 1);
  CHECK(gaps.readmissions[0].former == 3);
  CHECK(gaps.readmissions[0].site_reason == "disk lost");
  CHECK(desk.receipt().items.size() == 4);

  done = desk.reg().readmit(site_id, past, "ticket 1 again", now);
  REQUIRE(done);
  CHECK_FALSE(done->is_new);
  CHECK(desk.gaps().readmissions.size() == 1);
  const auto older = desk.reg().readmit(site_id, adopted(1, {bundle(1, 0)}, 15, "2026-11-01T00:00:00Z"), "older", now);
  CHECK(older.error().code == core::Code::refused);
  CHECK(desk.gaps().received == 4);
}

TEST_CASE("a bundle that both pasts have and that arrives late is taken in; one that only the other past has is not") {
  Desk desk;
  desk.take(bundle(3, 2));
  REQUIRE(desk.reg().readmit(site_id, adopted(1, {bundle(1, 0), bundle(2, 1)}, 25), "ticket", now));
  CHECK(desk.take(bundle(2, 1)).is_new);
  Arrival other = bundle(1, 0);
  other.id[0] = 'e';
  CHECK(desk.take(other).is_former);
  CHECK(desk.take(bundle(1, 0)).is_new);
  CHECK(desk.gaps().missing.empty());
}

TEST_CASE("a ledger that gave numbers out before it was adopted is told apart by what it names") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 3; ++n) desk.take(bundle(n, n - 1));
  const Arrival second = again(2, named(bundle(1, 0)));
  REQUIRE(desk.reg().readmit(site_id, adopted(1, {bundle(1, 0), second}, 25), "ticket", now));
  CHECK(desk.gaps().received == 1);
  CHECK(desk.take(bundle(2, 1)).is_former);
  CHECK(desk.take(second).is_new);
  CHECK(desk.gaps().forks.empty());
}

TEST_CASE("a site that finds its lost ledger again comes back to it") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 3; ++n) desk.take(bundle(n, n - 1));
  REQUIRE(desk.reg().readmit(site_id, adopted(1, {bundle(1, 0)}, 12), "restored", now));
  desk.take(again(2, named(bundle(1, 0))));
  const auto done = desk.reg().readmit(
      site_id, adopted(1, {bundle(1, 0), bundle(2, 1), bundle(3, 2)}, 32, "2026-11-03T00:00:00Z"), "found", now);
  REQUIRE_MESSAGE(done, done.error().message);
  CHECK(done->kept == 3);
  CHECK(done->former == 1);
  CHECK_FALSE(is_fork(desk.take(bundle(4, 3))));
}

TEST_CASE("an entry that does not reach back to anything that is here readmits nothing") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 8; ++n) desk.take(bundle(n, n - 1));
  const auto refused = desk.reg().readmit(site_id, adopted(5, {again(5, {}), again(6, {})}, 70), "ticket", now);
  CHECK(refused.error().code == core::Code::refused);
  CHECK(desk.gaps().received == 8);
  CHECK(desk.gaps().readmissions.empty());
  // One that starts after all that is here parts nothing.
  const auto later = desk.reg().readmit(site_id, adopted(9, {again(9, {})}, 99), "ticket", now);
  REQUIRE(later);
  CHECK(later->kept == 8);
  CHECK(later->former == 0);
}

TEST_CASE("what the adopted ledger says will never come is explained, and what it gave up is not") {
  Desk desk;
  Arrival second = bundle(2, 0);
  second.voids = {{1, "withdrawn"}};
  desk.take(second);
  Arrival fourth = bundle(4, 2);
  fourth.voids = {{3, "abandoned"}};
  desk.take(fourth);
  AdoptedPast past = adopted(1, {bundle(1, 0), bundle(2, 0), bundle(3, 2)}, 35);
  past.adoption.disclosures[0].ended = "withdrawn";
  past.adoption.disclosures[2].ended = "payload_lost";
  REQUIRE(desk.reg().readmit(site_id, past, "ticket", now));
  CHECK(desk.gaps().explained == std::vector<envelope::Void>{{1, "withdrawn"}, {3, "payload_lost"}});
  desk.take(again(4, named(bundle(2, 0))));
  CHECK(desk.gaps().missing.empty());
}

TEST_CASE("what arrived after the ledger was adopted, and is not named, is of nobody knows which past") {
  Desk desk;
  desk.take(bundle(1, 0));
  const core::Time later = *core::Time::from_text("2026-11-03T00:00:00Z");
  const Arrival second = again(2, named(bundle(1, 0)));
  REQUIRE(desk.reg().take_in({&second, 1}, later));
  const auto refused = desk.reg().readmit(site_id, adopted(1, {bundle(1, 0)}, 12), "ticket", later);
  CHECK(refused.error().code == core::Code::refused);
  CHECK(refused.error().hint.find("airlock ledger adopt") != std::string::npos);
  CHECK(desk.gaps().received == 2);
  REQUIRE(desk.reg().readmit(site_id, adopted(1, {bundle(1, 0), second}, 22, "2026-11-03T00:00:00Z"), "ticket", later));
  CHECK(desk.gaps().received == 2);
  CHECK(desk.take(again(3, named(second))).is_new);
}

TEST_CASE("a readmission settles no fork where both pasts agree, neither one before nor one after it") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 3; ++n) desk.take(bundle(n, n - 1));
  Arrival forged = bundle(1, 0);
  forged.content_sha256 = content_of(8);
  CHECK(is_fork(desk.take(forged)));
  CHECK(is_fork(desk.take(again(3, named(bundle(2, 1))))));
  REQUIRE(desk.reg().readmit(site_id, adopted(1, {bundle(1, 0), bundle(2, 1)}, 25), "ticket", now));
  CHECK(desk.gaps().forks.size() == 1);
  CHECK(desk.gaps().readmissions.at(0).forks == 1);
  forged.content_sha256 = content_of(9);
  CHECK(is_fork(desk.take(forged)));
  CHECK(desk.gaps().forks.size() == 2);
}

TEST_CASE("the receipt after a readmission names the proof's checkpoint, whatever else arrived") {
  Desk desk;
  desk.take(bundle(1, 0));
  const AdoptedPast past = adopted(1, {bundle(1, 0)}, 12);
  REQUIRE(desk.reg().readmit(site_id, past, "ticket", now));
  CHECK(desk.take(bundle(5, 4)).standing == CheckpointStanding::unproven);  // of the lost past, which nobody can see
  CHECK(desk.receipt().checkpoint == past.checkpoint);
}

TEST_CASE("an entry that starts after the first fork readmits nothing") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 4; ++n) desk.take(bundle(n, n - 1));
  CHECK(is_fork(desk.take(again(3, named(bundle(2, 1))))));
  const auto refused = desk.reg().readmit(site_id, adopted(6, {again(6, {})}, 70), "ticket", now);
  CHECK(refused.error().code == core::Code::refused);
  CHECK(desk.gaps().forks.size() == 1);
}
