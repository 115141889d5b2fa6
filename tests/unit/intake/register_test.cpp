#include "intake/register.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "register_desk.hpp"

using namespace airlock;
using namespace airlock::test;

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

TEST_CASE("what arrives at once is as if it had come one by one") {
  Desk desk;
  Arrival other = bundle(2, 1);
  other.id = id_of(7);
  const std::vector<Arrival> all{bundle(1, 0), bundle(2, 1), other, bundle(3, 2), bundle(1, 0)};
  const auto taken = desk.reg().take_in(all, now);
  REQUIRE(taken);
  REQUIRE(taken->size() == all.size());
  CHECK(taken->at(0).is_new);
  CHECK(taken->at(1).is_new);
  CHECK(is_fork(taken->at(2)));
  CHECK(taken->at(3).is_new);
  CHECK_FALSE(taken->at(4).is_new);
  CHECK(desk.gaps().received == 3);
  CHECK(desk.gaps().forks.size() == 1);
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
  CHECK(desk.take(bundle(1, 0)).standing == CheckpointStanding::first);
  CHECK(desk.take(bundle(2, 1)).standing == CheckpointStanding::first);
  ReceiptOrder order = desk.receipt();
  CHECK(order.sequence == 1);
  CHECK(order.items == std::vector<site::ReceiptItem>{{id_of(1), content_of(1)}, {id_of(2), content_of(2)}});
  CHECK(order.checkpoint == "note 2");

  CHECK(desk.take(bundle(3, 2)).standing == CheckpointStanding::unproven);
  order = desk.receipt();
  CHECK(order.sequence == 2);
  CHECK(order.items.size() == 3);
  CHECK(order.checkpoint == "note 2");

  Arrival grown = bundle(4, 3);
  grown.proven_from = tree(20);
  CHECK(desk.take(grown).standing == CheckpointStanding::proven);
  CHECK(desk.receipt().checkpoint == "note 4");
  Arrival late = bundle(6, 5);
  late.proven_from = tree(20);  // sealed before the site imported the last receipt
  CHECK(desk.take(late).standing == CheckpointStanding::unproven);
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
    CHECK(database->number("PRAGMA user_version").value() == 6);
  }
  CHECK(kept == 5);  // all but the newest, which every test makes
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
