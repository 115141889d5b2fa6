#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "book.hpp"
#include "ledger/body.hpp"
#include "ledger/verify.hpp"
#include "policy/permits.hpp"

using namespace airlock;
using core::Code;
using ledger::Kind;
using test::about;
using test::Book;
using test::disclosure_id;
using test::report_id;
using test::why_not;

TEST_CASE("a disclosure goes through its stages in their order only") {
  using ledger::Stage;
  // How each stage is reached from `recorded`.
  const std::map<Stage, std::vector<Kind>> ways{{Stage::recorded, {}},
                                                {Stage::sealed, {Kind::sealed}},
                                                {Stage::released, {Kind::sealed, Kind::released}},
                                                {Stage::queued, {Kind::queued}},
                                                {Stage::attempted, {Kind::queued, Kind::attempted}},
                                                {Stage::failed, {Kind::queued, Kind::attempted, Kind::send_failed}},
                                                {Stage::sent, {Kind::queued, Kind::attempted, Kind::sent}},
                                                {Stage::withdrawn, {Kind::queued, Kind::withdrawn}},
                                                {Stage::abandoned, {Kind::abandoned}},
                                                {Stage::payload_lost, {Kind::payload_lost}}};
  const std::vector<Kind> waits{Kind::attempted, Kind::send_failed, Kind::withdrawn, Kind::payload_lost};
  auto under_way = waits;
  under_way.push_back(Kind::sent);
  const std::map<Stage, std::vector<Kind>> legal{
      {Stage::recorded, {Kind::sealed, Kind::queued, Kind::abandoned, Kind::payload_lost}},
      {Stage::sealed, {Kind::released, Kind::abandoned, Kind::payload_lost}},
      {Stage::queued, waits},
      {Stage::attempted, under_way},
      {Stage::failed, waits}};
  const auto members_of = [](const Book& book, Kind kind) {
    if (kind == Kind::sealed || kind == Kind::queued) return book.sealing(1);
    return kind == Kind::send_failed ? Book::failing(1, "") : about(1);
  };
  std::size_t tried = 0;
  for (const auto& way : ways) {
    const Stage stage = way.first;
    for (int i = 0; i <= static_cast<int>(Kind::drop_refused); ++i) {
      const auto kind = static_cast<Kind>(i);
      if (!ledger::moves_disclosure(kind)) continue;
      ++tried;
      CAPTURE(ledger::name(stage));
      CAPTURE(ledger::name(kind));
      Book book;
      book.produce(1, 1);
      for (const Kind step : way.second) book.add(step, 1, members_of(book, step));
      REQUIRE(book.ledger.disclosure(disclosure_id(1)).value()->stage == stage);
      const auto found = legal.find(stage);
      const bool may =
          found != legal.end() && std::find(found->second.begin(), found->second.end(), kind) != found->second.end();
      if (!may) {
        CHECK(why_not(book, kind, report_id(1), members_of(book, kind)) ==
              "the disclosure `" + disclosure_id(1) + "` is " + std::string(ledger::name(stage)) +
                  " and cannot become " + std::string(ledger::name(kind)));
        CHECK(book.ledger.disclosure(disclosure_id(1)).value()->stage == stage);
      } else {
        book.add(kind, 1, members_of(book, kind));
        const auto expected =
            kind == Kind::send_failed ? Stage::failed : ledger::stage_from(ledger::name(kind)).value();
        CHECK(book.ledger.disclosure(disclosure_id(1)).value()->stage == expected);
      }
    }
  }
  CHECK(tried == 90);
}

TEST_CASE("what waits to be sent is sent where a receipt says so, and the entries of a disclosure tell it") {
  Book book;
  book.produce(1, 1);
  CHECK(
      why_not(book, Kind::sent, report_id(1), {{"disclosure_id", disclosure_id(1)}, {"receipt", 3}}).find("recorded") !=
      std::string::npos);
  book.queue(1, 1);
  CHECK(why_not(book, Kind::sent, report_id(1), about(1)).find("is queued") != std::string::npos);
  book.add(Kind::sent, 1, {{"disclosure_id", disclosure_id(1)}, {"receipt", 3}});
  book.add(Kind::acknowledged, 1, {{"disclosure_id", disclosure_id(1)}, {"receipt", 3}});
  CHECK(book.ledger.disclosure(disclosure_id(1)).value()->stage == ledger::Stage::sent);
  std::vector<Kind> kinds;
  const auto told = book.ledger.entries_of_disclosure(disclosure_id(1)).value();
  for (const auto& entry : told) kinds.push_back(entry.kind);
  CHECK(kinds == std::vector<Kind>{Kind::produced, Kind::queued, Kind::sent, Kind::acknowledged});
  CHECK(book.ledger.entries_of_disclosure(disclosure_id(2)).value().empty());
  CHECK(ledger::verify(book.ledger, book.verifier));
}

TEST_CASE("the outbox tells attempts, the last error, the next try, and whether something may have arrived") {
  Book book;
  book.produce(1, 1);
  book.queue(1, 1);
  const auto now = [&] { return book.ledger.disclosure(disclosure_id(1)).value().value(); };
  CHECK(now().time == book.ledger.entry(now().recorded)->time);
  CHECK(now().attempts == 0);
  CHECK_FALSE(now().last_attempt);
  book.add(Kind::attempted, 1, about(1));
  CHECK(now().attempts == 1);
  CHECK(now().last_attempt == book.ledger.entry(2)->time);
  book.add(Kind::send_failed, 1, Book::failing(1, "2026-11-02T00:00:00Z"));
  CHECK(now().stage == ledger::Stage::queued);
  CHECK(now().next_try == core::Time::from_text("2026-11-02T00:00:00Z").value());
  CHECK(now().last_error == "no answer");
  CHECK_FALSE(now().uncertain);

  book.add(Kind::attempted, 1, about(1));
  CHECK_FALSE(now().next_try);
  CHECK_FALSE(now().uncertain);
  book.add(Kind::attempted, 1, about(1));  // after a crash
  CHECK(now().uncertain);
  book.add(Kind::send_failed, 1, Book::failing(1, ""));
  CHECK(now().stage == ledger::Stage::failed);
  CHECK(now().uncertain);
  CHECK(now().attempts == 3);
  CHECK(book.ledger.waiting(1, 10)->size() == 1);
  CHECK(book.ledger.waiting(2, 10)->empty());
  CHECK(book.ledger.count_waiting()->failed == 1);
  book.add(Kind::attempted, 1, about(1));
  CHECK(book.ledger.count_waiting()->queued == 1);
  book.add(Kind::sent, 1, about(1));
  CHECK(book.ledger.waiting(1, 10)->empty());
  CHECK(book.ledger.previous_disclosure(2).value()->id == disclosure_id(1));
  CHECK(book.ledger.undisclosed(0, 10)->empty());
  CHECK(ledger::verify(book.ledger, book.verifier));

  Book unknown;
  unknown.produce(1, 1);
  unknown.queue(1, 1);
  unknown.add(Kind::attempted, 1, about(1));
  unknown.add(Kind::send_failed, 1, Book::failing(1, "2026-11-02T00:00:00Z", "unknown"));
  CHECK(unknown.ledger.disclosure(disclosure_id(1)).value()->uncertain);
}

TEST_CASE("what ended is told even where a later disclosure left before") {
  Book book;
  book.produce(1, 1);
  book.queue(1, 1);
  book.produce(2, 2);
  book.seal(2, 2);
  const auto recorded = book.ledger.disclosure(disclosure_id(2)).value()->recorded;
  CHECK(book.ledger.ended_since(0, 3)->empty());
  book.add(Kind::withdrawn, 1, about(1));
  const auto ended = book.ledger.ended_since(recorded, 3).value();
  REQUIRE(ended.size() == 1);
  CHECK(ended.front().disclosure == 1);
  CHECK(book.ledger.ended_since(recorded, 1)->empty());
  CHECK(book.ledger.ended_since(book.ledger.head()->size, 3)->empty());
}

namespace {

core::Permit permit_for(const core::Digest& leaf) {
  policy::Terms same;
  same.disposition = policy::Disposition::send;
  return policy::Permits::give(leaf, same, same).value();
}
core::Digest leaf_of(const Book& book, std::uint64_t disclosure) {
  const auto recorded = book.ledger.disclosure(disclosure_id(disclosure)).value()->recorded;
  return ledger::leaf_hash(book.ledger.entry(recorded)->body);
}

}  // namespace

TEST_CASE("a clearance is good for one payload and one use, and gone once moved from") {
  Book book;
  book.produce(1, 1);
  book.queue(1, 1);
  const auto payload = crypto::sha256("content 1");
  CHECK_FALSE(book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(1)));  // no attempt is recorded
  book.add(Kind::attempted, 1, about(1));

  auto first = book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(1)).value();
  CHECK(first.use(payload));
  CHECK(first.use(payload).error().code == Code::unexpected);

  auto second = book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(1)).value();
  auto moved = std::move(second);
  CHECK(second.use(payload).error().code == Code::unexpected);  // NOLINT: that is the point
  auto assigned = std::move(first);
  assigned = std::move(moved);
  CHECK(moved.use(payload).error().code == Code::unexpected);  // NOLINT
  CHECK(assigned.use(payload));

  auto other = book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(1)).value();
  CHECK(other.use(crypto::sha256("content 2")).error().code == Code::integrity);
  CHECK(other.use(payload).error().code == Code::unexpected);

  book.add(Kind::sent, 1, about(1));
  CHECK_FALSE(book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(1)));
}

TEST_CASE("a permit clears the leaf it is for and no other, and nothing once moved from") {
  Book book;
  for (const std::uint64_t n : {1U, 2U}) {
    book.produce(n, n);
    book.queue(n, n);
    book.add(Kind::attempted, n, about(n));
  }
  CHECK(book.ledger.clear(permit_for(leaf_of(book, 2)), disclosure_id(1)).error().message ==
        "the permit is not for the disclosure `" + disclosure_id(1) + "`");
  auto permit = permit_for(leaf_of(book, 1));
  const auto moved = std::move(permit);
  CHECK(moved.leaf());
  CHECK_FALSE(book.ledger.clear(std::move(permit), disclosure_id(1)));  // NOLINT: that is the point
  CHECK_FALSE(book.ledger.clear(permit_for(leaf_of(book, 1)), disclosure_id(7)));
}

TEST_CASE("a stage needs a disclosure of that very report") {
  Book book;
  book.produce(1, 1);
  book.produce(2);
  CHECK(why_not(book, Kind::abandoned, report_id(2), about(1)) ==
        "the disclosure `" + disclosure_id(1) + "` was not recorded for this report");
  CHECK(why_not(book, Kind::abandoned, report_id(1), about(9)) ==
        "the disclosure `" + disclosure_id(9) + "` was not recorded for this report");
}
