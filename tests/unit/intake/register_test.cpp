#include "intake/register.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include <nlohmann/json.hpp>

#include "crypto/hash.hpp"
#include "temporary_directory.hpp"

namespace register_test {

using namespace airlock;
using namespace airlock::intake;

namespace {

const core::Time now = *core::Time::from_text("2026-11-01T00:00:00Z");
const std::string site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

std::string id_of(std::uint64_t n) { return "dddddddd-0000-4000-8000-00000000000" + std::to_string(n); }
std::string content_of(std::uint64_t n) { return crypto::sha256("content " + std::to_string(n)).hex(); }
ledger::TreeHead tree(std::uint64_t size, const std::string& history = "") {
  return {size, crypto::sha256("root " + std::to_string(size) + history)};
}

/// Disclosure `n`, a bundle, after `previous` (0: the first), with a tree of 10 n entries.
Arrival bundle(std::uint64_t n, std::uint64_t previous) {
  Arrival out;
  out.site_id = site_id;
  out.disclosure = out.number = n;
  out.id = id_of(n);
  out.content_sha256 = content_of(n);
  out.is_bundle = true;
  if (previous != 0) out.previous = envelope::Previous{id_of(previous), content_of(previous)};
  out.checkpoint = "note " + std::to_string(n);
  out.head = tree(10 * n);
  return out;
}

Arrival sending(std::uint64_t n, std::uint64_t previous) {
  Arrival out = bundle(n, previous);
  out.is_bundle = false;
  return out;
}

class Desk {
 public:
  Desk() : reg_(Register::create(folder_ / "register.db").value()) {}

  TakenIn take(const Arrival& arrival) {
    auto taken = reg_.take_in(arrival, now);
    REQUIRE_MESSAGE(taken, taken.error().message);
    return *taken;
  }
  Gaps gaps() { return reg_.gaps(site_id).value(); }
  ReceiptOrder receipt() {
    ReceiptOrder out;
    const auto issued = reg_.issue_receipt(site_id, now, [&](const ReceiptOrder& order) -> Result<Issued> {
      out = order;
      return Issued{"file", "document"};
    });
    REQUIRE_MESSAGE(issued, issued.error().message);
    return out;
  }
  Register& reg() { return reg_; }

 private:
  test::TemporaryDirectory folder_;
  Register reg_;
};

bool is_fork(const TakenIn& taken) { return !taken.fork.empty(); }

}  // namespace

TEST_CASE("what arrives in order leaves no gaps, and the second time nothing changes") {
  Desk desk;
  CHECK(desk.take(bundle(1, 0)).is_new);
  CHECK(desk.take(bundle(2, 1)).is_new);
  CHECK(desk.take(sending(3, 2)).is_new);
  CHECK_FALSE(desk.take(bundle(2, 1)).is_new);
  CHECK(desk.take(sending(4, 2)).is_new);        // while 3 was still queued
  CHECK_FALSE(desk.take(sending(4, 3)).is_new);  // another attempt, of another moment
  const Gaps gaps = desk.gaps();
  CHECK(gaps.received == 4);
  CHECK(gaps.missing.empty());
  CHECK(gaps.forks.empty());
}

TEST_CASE("missing numbers are told as ranges, without those that the site explains") {
  Desk desk;
  desk.take(bundle(2, 1));
  Arrival later = bundle(9, 7);
  later.voids = {{5, "withdrawn"}, {8, "payload_lost"}, {2, "withdrawn"}, {11, "abandoned"}};
  CHECK_FALSE(is_fork(desk.take(later)));
  const Gaps gaps = desk.gaps();
  CHECK(gaps.missing == std::vector<site::MissingRange>{{1, 1}, {3, 4}, {6, 7}});
  CHECK(gaps.explained == std::vector<envelope::Void>{{5, "withdrawn"}, {8, "payload_lost"}, {11, "abandoned"}});
  CHECK(gaps.last == 9);
}

TEST_CASE("a number or an id with other content is a fork, noted once, and not taken in") {
  Desk desk;
  desk.take(bundle(1, 0));
  Arrival same_number = bundle(1, 0);
  same_number.id = id_of(7);
  CHECK(is_fork(desk.take(same_number)));
  CHECK(is_fork(desk.take(same_number)));
  Arrival same_id = bundle(2, 0);
  same_id.id = id_of(1);
  CHECK(is_fork(desk.take(same_id)));
  Arrival other_content = bundle(1, 0);
  other_content.content_sha256 = content_of(8);
  CHECK(is_fork(desk.take(other_content)));
  CHECK(desk.gaps().forks.size() == 3);
  CHECK(desk.gaps().received == 1);
}

TEST_CASE("a bundle whose history knows nothing of one that is here is a fork, in whatever order they arrive") {
  const auto forks = [](std::vector<Arrival> arrivals) {
    Desk desk;
    bool found = false;
    for (const Arrival& arrival : arrivals) found = is_fork(desk.take(arrival));
    return found;
  };
  CHECK(forks({bundle(1, 0), bundle(2, 0)}));                // names nothing before it
  CHECK(forks({bundle(2, 0), bundle(1, 0)}));                // the same, late
  CHECK(forks({bundle(1, 0), bundle(2, 1), bundle(3, 1)}));  // skips one
  CHECK(forks({bundle(1, 0), bundle(3, 1), bundle(2, 1)}));
  CHECK(forks({bundle(1, 0), bundle(2, 8)}));  // names one that cannot be
  CHECK_FALSE(forks({bundle(1, 0), bundle(3, 2)}));
  CHECK_FALSE(forks({bundle(1, 0), sending(2, 1), bundle(3, 1)}));  // still queued then
  Arrival wrong = bundle(2, 1);
  wrong.previous->content_sha256 = content_of(9);
  CHECK(forks({bundle(1, 0), wrong}));
  CHECK(forks({wrong, bundle(1, 0)}));
  Arrival backwards = bundle(2, 0);
  backwards.previous = envelope::Previous{id_of(3), content_of(3)};
  CHECK(forks({bundle(3, 1), backwards}));
}

TEST_CASE("two trees of one size with two roots are a fork") {
  Desk desk;
  desk.take(bundle(1, 0));
  Arrival other = bundle(3, 2);
  other.head = tree(10, "of another past");
  CHECK(is_fork(desk.take(other)));
  Arrival proven = bundle(3, 2);
  proven.proven_from = tree(10, "of another past");
  CHECK(is_fork(desk.take(proven)));
}

TEST_CASE("a receipt names all that is here, and its checkpoint only moves along what was proven") {
  Desk desk;
  CHECK(desk.reg().issue_receipt(site_id, now, {}).error().code == core::Code::refused);
  CHECK(desk.take(bundle(1, 0)).standing == Standing::first);
  CHECK(desk.take(bundle(2, 1)).standing == Standing::first);
  ReceiptOrder order = desk.receipt();
  CHECK(order.sequence == 1);
  CHECK(order.items == std::vector<site::ReceiptItem>{{id_of(1), content_of(1)}, {id_of(2), content_of(2)}});
  CHECK(order.checkpoint == "note 2");

  CHECK(desk.take(bundle(3, 2)).standing == Standing::unproven);
  order = desk.receipt();
  CHECK(order.sequence == 2);
  CHECK(order.items.size() == 3);
  CHECK(order.checkpoint == "note 2");

  Arrival grown = bundle(4, 3);
  grown.proven_from = tree(20);
  CHECK(desk.take(grown).standing == Standing::proven);
  CHECK(desk.receipt().checkpoint == "note 4");
  Arrival late = bundle(6, 5);
  late.proven_from = tree(20);  // sealed before the site imported the last receipt
  CHECK(desk.take(late).standing == Standing::unproven);
  CHECK(desk.receipt().checkpoint == "note 4");
  CHECK(desk.receipt().missing == std::vector<site::MissingRange>{{5, 5}});
}

TEST_CASE("a receipt leaves out what a fork contradicts, and a receipt that was not made was not recorded") {
  Desk desk;
  desk.take(bundle(1, 0));
  desk.take(bundle(2, 1));
  Arrival other = bundle(2, 1);
  other.content_sha256 = content_of(5);
  CHECK(is_fork(desk.take(other)));
  CHECK(desk.receipt().items.size() == 1);
  const auto failed = desk.reg().issue_receipt(
      site_id, now, [](const ReceiptOrder&) -> Result<Issued> { return core::fail(core::Code::unexpected, "no key"); });
  CHECK_FALSE(failed);
  CHECK(desk.receipt().sequence == 2);
}

TEST_CASE("what is sent has no checkpoint, and so has its receipt") {
  Desk desk;
  CHECK_FALSE(desk.take(sending(1, 0)).standing);
  CHECK(desk.receipt().checkpoint.empty());
}

TEST_CASE("sites do not mix") {
  Desk desk;
  desk.take(bundle(1, 0));
  Arrival other = bundle(1, 0);
  other.site_id = "6b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
  other.content_sha256 = content_of(4);
  CHECK(desk.take(other).is_new);
  CHECK(desk.receipt().items.size() == 1);
}

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
  CHECK(desk.take(grown).standing == Standing::proven);
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
  REQUIRE(desk.reg().take_in(second, later));
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
  CHECK(desk.take(bundle(5, 4)).standing == Standing::unproven);  // of the lost past, which nobody can see
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

TEST_CASE("a register of every released version opens, is then one of the newest, and has kept all that was in it") {
  int kept = 0;
  for (const auto& each : std::filesystem::directory_iterator(AIRLOCK_TEST_KIT "/released/vendor")) {
    CAPTURE(each.path().string());
    ++kept;
    const test::TemporaryDirectory folder;
    const std::string path = folder / "register.db";
    std::filesystem::copy_file(each.path(), path);
    std::filesystem::permissions(path, std::filesystem::perms::owner_write, std::filesystem::perm_options::add);
    auto old = Register::open(path);
    REQUIRE_MESSAGE(old, old.error().message);
    const auto sites = old->sites();
    REQUIRE(sites);
    REQUIRE(sites->size() == 1);
    CHECK(old->licences()->size() == 1);
    CHECK(old->revoked_licences()->size() == 1);
    const auto gaps = old->gaps(sites->front().site_id);
    REQUIRE_MESSAGE(gaps, gaps.error().message);
    const bool first = each.path().filename() == "register-1.db";
    CHECK(gaps->received == (first ? 0 : 2));
    CHECK(gaps->forks.size() == (first ? 0 : 1));
    auto database = db::Database::open(path, db::Mode::read_only);
    REQUIRE(database);
    CHECK(database->number("PRAGMA user_version").value() == 4);
  }
  CHECK(kept == 3);  // all but the newest, which every test makes
}

TEST_CASE(
    "a fork that a person closed is no open fork, opens no more when it comes again, and frees what is kept for "
    "receipts") {
  Desk desk;
  desk.take(bundle(1, 0));
  desk.take(bundle(2, 1));
  Arrival other = bundle(2, 1);
  other.id = id_of(7);
  Arrival next = bundle(3, 0);
  next.previous = envelope::Previous{id_of(7), other.content_sha256};
  CHECK(is_fork(desk.take(other)));
  CHECK(is_fork(desk.take(next)));
  CHECK(desk.receipt().items.size() == 1);
  CHECK(desk.reg().close_forks(site_id, 9, "none of this number", now)->empty());
  CHECK(desk.gaps().closures.empty());

  const auto one = desk.reg().close_forks(site_id, 2, "the machine was cloned", now);
  REQUIRE(one);
  REQUIRE(one->size() == 1);
  CHECK(one->front().id == id_of(7));
  CHECK(desk.gaps().forks.size() == 1);
  CHECK(desk.receipt().items.size() == 2);
  CHECK(desk.reg().close_forks(site_id, std::nullopt, "and what it made later", now)->size() == 1);
  CHECK(desk.gaps().forks.empty());
  REQUIRE(desk.gaps().closures.size() == 2);
  CHECK(desk.gaps().closures.front().reason == "the machine was cloned");
  CHECK(desk.take(other).is_closed);
  CHECK(desk.take(next).is_closed);
  CHECK(desk.gaps().forks.empty());
  CHECK(desk.reg().disclosure(site_id, 2)->value().id == id_of(2));
  // What the copy makes after that is a fork of its own.
  Arrival later = bundle(4, 0);
  later.previous = envelope::Previous{id_of(3), content_of(3)};
  const TakenIn fresh = desk.take(later);
  CHECK(is_fork(fresh));
  CHECK_FALSE(fresh.is_closed);
  CHECK(desk.gaps().forks.size() == 1);
}

TEST_CASE("a site is retired once at a time, and every time is kept") {
  Desk desk;
  CHECK_FALSE(desk.gaps().retired);
  CHECK(desk.reg().retire_site(site_id, "contract ended", now).value());
  CHECK_FALSE(desk.reg().retire_site(site_id, "again", now).value());
  REQUIRE(desk.gaps().retired);
  CHECK(desk.gaps().retired->reason == "contract ended");
  CHECK(desk.reg().retirements(site_id)->size() == 1);
}

}  // namespace register_test
