#include "intake/register.hpp"

#include <doctest/doctest.h>

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

}  // namespace register_test
