#include <doctest/doctest.h>

#include "book.hpp"
#include "ledger/access.hpp"
#include "ledger/checkpoint.hpp"

using namespace airlock;
using core::Code;
using ledger::Kind;
using ledger::Ledger;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::report_id;
using test::why_not;

namespace {

void be_impatient(const Ledger& ledger) {
  REQUIRE(ledger::LedgerAccess::database(ledger).value()->run("PRAGMA busy_timeout = 20"));
}

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
    const auto busy = second.change(book.lock);
    REQUIRE_FALSE(busy);
    CHECK(busy.error().code == Code::not_recorded);
    CHECK(second.entries(0, 10)->size() == 1);
    REQUIRE(change.commit());
  }
  auto change = second.change(book.lock);
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
        "`" + book.path() + "`: it is not known whether the last change was recorded");
  CHECK_FALSE(book.ledger.entries(0, 1));
  CHECK_FALSE(book.ledger.change(book.lock));
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
  const auto change = reader.change(book.lock);
  REQUIRE_FALSE(change);
  CHECK(change.error().code == Code::not_recorded);
}
