#include <doctest/doctest.h>

#include <algorithm>
#include <map>

#include "book.hpp"
#include "ledger/entry.hpp"
#include "ledger/state.hpp"
#include "ledger/verify.hpp"
#include "policy/permits.hpp"

using namespace airlock;
using core::Code;
using ledger::Kind;
using ledger::Ledger;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::report_id;

namespace {

void be_impatient(const Ledger& ledger) {
  REQUIRE(ledger::LedgerAccess::database(ledger).value()->run("PRAGMA busy_timeout = 20"));
}

/// The message with which the ledger refuses an entry; afterwards the ledger is as it was.
std::string why_not(Book& book, Kind kind, std::string_view report, const Json& members) {
  const auto before = book.ledger.head().value();
  std::string message;
  {
    auto change = book.change();
    const auto seq = book.append(change, kind, report, members);
    REQUIRE_FALSE(seq);
    CHECK(seq.error().code == Code::unexpected);
    CHECK_FALSE(change.commit());
    message = seq.error().message;
  }
  CHECK(book.ledger.head().value() == before);
  return message;
}

Json about(std::uint64_t disclosure) { return {{"disclosure_id", disclosure_id(disclosure)}}; }

}  // namespace

TEST_CASE("entries of one change are seen together, and only after its commit") {
  Book book;
  const auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  auto change = book.change();
  CHECK(book.append(change, Kind::site_created, "", Json::object()).value() == 0);
  CHECK(book.append(change, Kind::hold, "", Json::object()).value() == 1);
  CHECK(reader.head()->size == 0);
  const auto head = change.commit();
  REQUIRE(head);
  CHECK(head->size == 2);
  CHECK(reader.head().value() == *head);
  CHECK(reader.entry(1)->kind == Kind::hold);
}

TEST_CASE("the root after each commit is that of the leaves") {
  Book book;
  ledger::Frontier expected;
  for (int i = 0; i < 40; ++i) {
    const auto seq = book.add(Kind::hold);
    const auto leaf = ledger::leaf_hash(book.ledger.entry(seq)->body);
    REQUIRE(expected.append(leaf, [](unsigned, std::uint64_t, const core::Digest&) { return core::Result<void>(); }));
    CHECK(book.ledger.head().value() == ledger::TreeHead{expected.size(), expected.root()});
  }
}

TEST_CASE("a change that goes without commit leaves nothing") {
  Book book;
  test::fill(book);
  const auto before = book.ledger.head().value();
  {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::produced, report_id(5), Book::numbered(5, 5)));
    auto moved = std::move(change);
    REQUIRE(moved.keep_original(test::original_of(5)));
  }
  CHECK(book.ledger.head().value() == before);
  CHECK(book.ledger.last_number().value() == 4);
  CHECK(book.ledger.last_disclosure().value() == 4);
  CHECK_FALSE(book.ledger.original(report_id(5))->has_value());
  book.produce(5, 5);
}

TEST_CASE("after a failed step nothing of the change can be committed") {
  Book book;
  auto change = book.change();
  REQUIRE(book.append(change, Kind::hold, "", Json::object()));
  REQUIRE_FALSE(book.append(change, Kind::produced, report_id(1), Book::numbered(2, 0)));
  CHECK(book.append(change, Kind::hold, "", Json::object()).error().message == "an earlier step of the change failed");
  CHECK(change.commit().error().message == "an earlier step of the change failed");
}

TEST_CASE("a change can be committed once") {
  Book book;
  auto change = book.change();
  REQUIRE(change.commit());
  CHECK(change.commit().error().message == "the change is over");
  CHECK(book.append(change, Kind::hold, "", Json::object()).error().message == "the change is over");
}

TEST_CASE("report numbers have no gap and a report is produced once") {
  Book book;
  book.produce(1);
  CHECK(why_not(book, Kind::produced, report_id(2), Book::numbered(3, 0)) ==
        "the number of the report must be 2, not 3");
  CHECK(why_not(book, Kind::produced, report_id(2), Book::numbered(1, 0)) ==
        "the number of the report must be 2, not 1");
  CHECK(why_not(book, Kind::produced, report_id(1), Book::numbered(2, 0)) ==
        "the report `" + report_id(1) + "` is there already");
  book.produce(2);
}

TEST_CASE("a report is decided again under its own number") {
  Book book;
  book.produce(1);
  book.produce(2);
  CHECK(why_not(book, Kind::decided, report_id(1), Book::numbered(2, 0)) ==
        "no report `" + report_id(1) + "` has the number 2");
  CHECK(why_not(book, Kind::decided, report_id(3), Book::numbered(3, 0)) ==
        "no report `" + report_id(3) + "` has the number 3");
  book.add(Kind::decided, 1, Book::numbered(1, 0));
  book.add(Kind::decided, 1, Book::numbered(1, 1));
}

TEST_CASE("disclosure numbers have no gap and an id stands for one disclosure") {
  Book book;
  book.produce(1, 1);
  CHECK(why_not(book, Kind::produced, report_id(2), Book::numbered(2, 3)) ==
        "the number of the disclosure must be 2, not 3");
  CHECK(why_not(book, Kind::decided, report_id(1), Book::numbered(1, 1)) ==
        "the number of the disclosure must be 2, not 1");
  Json same_id = Book::numbered(2, 2);
  same_id["disclosure"]["id"] = disclosure_id(1);
  CHECK(why_not(book, Kind::produced, report_id(2), same_id) ==
        "the disclosure `" + disclosure_id(1) + "` is recorded already");
}

TEST_CASE("counters go on within one change") {
  Book book;
  auto change = book.change();
  for (std::uint64_t n = 1; n <= 3; ++n) {
    REQUIRE(book.append(change, Kind::produced, report_id(n), Book::numbered(n, n)));
    REQUIRE(change.keep_original(test::original_of(n)));
  }
  REQUIRE(change.commit());
  CHECK(book.ledger.last_disclosure().value() == 3);
}

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
  for (const auto& [stage, way] : ways) {
    for (int i = 0; i <= static_cast<int>(Kind::adopted); ++i) {
      const auto kind = static_cast<Kind>(i);
      if (!ledger::moves_disclosure(kind)) continue;
      ++tried;
      CAPTURE(ledger::name(stage));
      CAPTURE(ledger::name(kind));
      Book book;
      book.produce(1, 1);
      for (const Kind step : way) book.add(step, 1, members_of(book, step));
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
  CHECK(why_not(book, Kind::sent, report_id(1), {{"disclosure_id", disclosure_id(1)}, {"receipt", 3}}).find("recorded") !=
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

TEST_CASE("what could not be verified later is not appended") {
  Book book;
  CHECK(why_not(book, Kind::produced, "", Book::numbered(1, 0)) == "`body`: `/report_id`: is missing");
  CHECK(why_not(book, Kind::hold, "nonsense", Json::object()).starts_with("`body`: `/report_id`"));
  CHECK(why_not(book, Kind::hold, "", {{"seq", 7}}) == "`seq` is not for the caller to set");
  CHECK(why_not(book, Kind::hold, "", {{"x", std::string(ledger::entry_limit, 'x')}}) ==
        "`body`: is larger than 1048576 bytes");
  CHECK(why_not(book, Kind::hold, "", {{"x", "\xEF\xBF\xBF"}}) == "`body`: has a noncharacter, which I-JSON forbids");
}

TEST_CASE("each report has one original, kept in the change that produces it") {
  Book book;
  {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::produced, report_id(1), Book::numbered(1, 0)));
    CHECK(change.commit().error().message == "the report `" + report_id(1) + "` has no original");
    CHECK_FALSE(change.keep_original(test::original_of(1)));
  }
  CHECK(book.ledger.head()->size == 0);
  book.produce(1);
  const std::string none = "no report `" + report_id(1) + "` of this change lacks an original";
  CHECK(book.change().keep_original(test::original_of(1)).error().message == none);
  auto change = book.change();
  REQUIRE(book.append(change, Kind::produced, report_id(2), Book::numbered(2, 0)));
  auto salted = test::original_of(2);
  salted.salt = "short";
  CHECK(change.keep_original(salted).error().message == "a salt must have 32 bytes");
}

TEST_CASE("a checkpoint is kept of a committed state of this tree only, and once") {
  Book book;
  book.add(Kind::site_created);
  book.add(Kind::hold);
  const auto head = book.ledger.head().value();
  const auto why = [&](const ledger::TreeHead& of, const std::string& note) {
    const auto kept = book.change().keep_checkpoint(of, note);
    return kept ? "kept" : kept.error().message;
  };
  CHECK(why({0, ledger::Frontier().root()}, "n") == "the checkpoint of 0 entries is not of a committed tree");
  CHECK(why({3, head.root}, "n") == "the checkpoint of 3 entries is not of a committed tree");
  CHECK(why({1, head.root}, "n") == "the checkpoint of 1 entries is of another tree");
  CHECK(why(head, "") == "the checkpoint of 2 entries has no text, or too much");
  CHECK(why(head, std::string(ledger::checkpoint_text_limit + 1, 'x')) ==
        "the checkpoint of 2 entries has no text, or too much");
  {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::release, "", Json::object()));
    const auto uncommitted = book.ledger.head().value();
    CHECK(uncommitted.size == 3);
    CHECK_FALSE(change.keep_checkpoint(uncommitted, "n"));
  }
  {
    auto change = book.change();
    REQUIRE(change.keep_checkpoint(head, "the note"));
    REQUIRE(change.keep_checkpoint(head, "the note"));
    REQUIRE(change.commit());
  }
  CHECK(book.ledger.newest_checkpoint().value() == "the note");
  CHECK(why(head, "another note") == "the checkpoint of 2 entries is not newer than the last one");
  CHECK(why(book.ledger.head(1).value(), "n") == "the checkpoint of 1 entries is not newer than the last one");
}

TEST_CASE("of two ledgers on one file one writes at a time, and the second goes on from the first") {
  Book book;
  auto second = Ledger::open(book.path(), db::Mode::read_write).value();
  be_impatient(second);
  book.add(Kind::site_created);
  {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::hold, "", Json::object()));
    const auto busy = second.change();
    REQUIRE_FALSE(busy);
    CHECK(busy.error().code == Code::not_recorded);
    CHECK(second.entries(0, 10)->size() == 1);
    REQUIRE(change.commit());
  }
  auto change = second.change();
  REQUIRE(change);
  CHECK(book.append(*change, Kind::release, "", Json::object()).value() == 2);
  REQUIRE(change->commit());
  CHECK(book.ledger.head().value() == second.head().value());
  CHECK(book.ledger.head()->size == 3);
}

TEST_CASE("after a failed COMMIT the ledger refuses everything until it is opened again") {
  Book book;
  book.add(Kind::site_created);
  be_impatient(book.ledger);
  // A reader in the middle of a row keeps COMMIT from its exclusive lock.
  auto reader = db::Database::open(book.path(), db::Mode::read_only).value();
  auto row = reader.prepare("SELECT body FROM entries").value();
  REQUIRE(row.step().value());
  {
    auto change = book.change();
    REQUIRE(book.append(change, Kind::hold, "", Json::object()));
    const auto committed = change.commit();
    REQUIRE_FALSE(committed);
    CHECK(committed.error().code == Code::not_recorded);
  }
  row.reset();
  CHECK(book.ledger.head().error().code == Code::not_recorded);
  CHECK(book.ledger.head().error().message ==
        "`" + book.path() + "`: nobody knows whether the last change was recorded");
  CHECK_FALSE(book.ledger.entries(0, 1));
  CHECK_FALSE(book.ledger.change());
  book.ledger = Ledger::open(book.path(), db::Mode::read_write).value();
  CHECK(book.ledger.head()->size == 1);
  CHECK(book.add(Kind::hold) == 1);
}

TEST_CASE("a full disk records nothing and leaves the ledger usable") {
  Book book;
  book.add(Kind::site_created);
  auto* database = ledger::LedgerAccess::database(book.ledger).value();
  const auto pages = database->number("PRAGMA page_count").value();
  REQUIRE(database->run("PRAGMA max_page_count = " + std::to_string(pages)));
  {
    auto change = book.change();
    const auto full = book.append(change, Kind::hold, "", {{"x", std::string(100000, 'x')}});
    REQUIRE_FALSE(full);
    CHECK(full.error().code == Code::not_recorded);
    // SQLite may have rolled back by itself: nothing may be written outside a transaction now.
    CHECK_FALSE(book.append(change, Kind::hold, "", Json::object()));
    CHECK_FALSE(change.commit());
  }
  CHECK(book.ledger.head()->size == 1);
  REQUIRE(database->run("PRAGMA max_page_count = 1000000"));
  CHECK(book.add(Kind::hold) == 1);
}

TEST_CASE("a ledger that is open for reading does not write") {
  Book book;
  auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  const auto change = reader.change();
  REQUIRE_FALSE(change);
  CHECK(change.error().code == Code::not_recorded);
}
