#include "ledger/verify.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "book.hpp"
#include "ledger/body.hpp"
#include "ledger/checkpoint.hpp"
#include "tamper.hpp"

using namespace airlock;
using ledger::Kind;
using ledger::Ledger;
using test::after;
using test::after_sql;
using test::body_at;
using test::Book;
using test::disclosure_id;
using test::Json;
using test::rebuild_tree;
using test::replaced;
using test::report_id;
using test::tamper;
using test::verdict;
using test::write_entry;

TEST_CASE("an untouched ledger is sound, and verify says what is in it") {
  Book book;
  test::fill(book);
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE_MESSAGE(checked, checked.error().message);
  CHECK(checked->entries == 13);
  CHECK(checked->checkpoints == 3);
  CHECK(checked->reports == 4);
  CHECK(checked->disclosures == 4);
  CHECK(checked->head == book.ledger.head().value());
  CHECK(checked->times_back == 0);
  CHECK_FALSE(checked->first_time_back);
}

TEST_CASE("an empty ledger is sound") {
  const Book book;
  CHECK(ledger::verify(book.ledger, book.verifier)->head == book.ledger.head().value());
}

TEST_CASE("a ledger of several pages is sound") {
  Book book;
  for (std::uint64_t n = 1; n <= 40; ++n) {
    book.produce(n, n);
    book.seal(n, n);
    book.end(Kind::released, n, n);
  }
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE_MESSAGE(checked, checked.error().message);
  CHECK(checked->entries == 120);
  CHECK(checked->checkpoints == 40);
  CHECK(checked->disclosures == 40);
}

TEST_CASE("a clock that went back is reported and is no fault") {
  Book book;
  book.add(Kind::site_created);
  book.now = book.now - std::chrono::hours(1);
  book.add(Kind::hold);
  book.add(Kind::release);
  book.now = book.now - std::chrono::hours(1);
  book.add(Kind::hold);
  const auto checked = ledger::verify(book.ledger, book.verifier);
  REQUIRE(checked);
  CHECK(checked->times_back == 2);
  CHECK(checked->first_time_back == 1);
}

TEST_CASE("verify reads entries that another process appends, and disturbs nobody") {
  Book book;
  test::fill(book);
  const auto reader = Ledger::open(book.path(), db::Mode::read_only).value();
  auto change = book.change();
  REQUIRE(book.append(change, Kind::hold, "", Json::object()));
  CHECK(ledger::verify(reader, book.verifier)->entries == 13);
  REQUIRE(change.commit());
  CHECK(ledger::verify(reader, book.verifier)->entries == 14);
}

TEST_CASE("an entry that was changed is named") {
  const std::string from = "\"kind\":\"withheld\"";
  CHECK(after_sql("UPDATE entries SET body = replace(body, '-11-01T', '-11-02T') WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET body = body || ' ' WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 4") ==
        "entry 4: its leaf is not the hash of its body");
  CHECK(after_sql("UPDATE entries SET body = 'x' WHERE seq = 4").starts_with("entry 4: `body`: is not valid JSON"));
  CHECK(after([&](db::Database& database) {
          write_entry(database, 5, replaced(body_at(database, 5), from, "\"kind\":\"refused\""));
        }) == "entry 5: the stored node 2 of level 1 differs from the tree");
}

TEST_CASE("each column beside the body is compared with it") {
  for (const std::string& set :
       std::vector<std::string>{"time = '2026-11-01T00:00:00Z'", "kind = 'held'", "kind = ''",
                                "report_id = '" + report_id(9) + "'", "report_id = NULL", "number = 9", "number = NULL",
                                "disclosure_id = '" + disclosure_id(9) + "'", "disclosure_id = NULL"}) {
    CAPTURE(set);
    CHECK(after_sql("UPDATE entries SET " + set + " WHERE seq = 6") == "entry 6: a column differs from its body");
  }
}

TEST_CASE("entries that were swapped, removed or put elsewhere are named") {
  CHECK(after([](db::Database& database) {
          REQUIRE(
              database.run("UPDATE entries SET seq = 99 WHERE seq = 8;"
                           "UPDATE entries SET seq = 8 WHERE seq = 5; UPDATE entries SET seq = 5 WHERE seq = 99"));
        }) == "entry 5: `body`: `/seq`: must be 5");
  CHECK(after_sql("DELETE FROM entries WHERE seq = 5") == "entry 5: is missing");
  CHECK(after_sql("DELETE FROM entries WHERE seq = 0") == "entry 0: is missing");
  CHECK(after_sql("UPDATE entries SET seq = -5 WHERE seq = 5") == "entry -5: no entry can have that place");
  CHECK(after_sql("UPDATE entries SET seq = 20 WHERE seq = 12") == "entry 12: is missing");
}

TEST_CASE("entries missing at the end are found where a checkpoint covers them or something depends on them") {
  // Entry 12 recorded disclosure 4.
  CHECK(after_sql("DELETE FROM entries WHERE seq = 12") ==
        "disclosure 4: the outbox does not say what the entries say");
  CHECK(after([](db::Database& database) {
          REQUIRE(
              database.run("DELETE FROM entries WHERE seq >= 9; DELETE FROM outbox WHERE disclosure >= 3;"
                           "DELETE FROM originals WHERE seq >= 9"));
          rebuild_tree(database);
        }) == "the checkpoint of 10 entries: there are only 9");
}

TEST_CASE("what verify cannot find: an end that no checkpoint in the file covers, cut off or rewritten with care") {
  Book book;
  test::fill(book);
  const auto head = book.ledger.head().value();
  SUBCASE("cut off") {
    tamper(book.path(), [](db::Database& database) {
      REQUIRE(
          database.run("DELETE FROM entries WHERE seq = 12; DELETE FROM outbox WHERE disclosure = 4;"
                       "DELETE FROM originals WHERE seq = 12"));
      rebuild_tree(database);
    });
    CHECK(verdict(book) == "sound");
    // A checkpoint that was kept elsewhere finds it.
    CHECK(Ledger::open(book.path(), db::Mode::read_only)->head(head.size).error().message ==
          "`" + book.path() + "`: has only 12 entries");
  }
  SUBCASE("rewritten") {
    tamper(book.path(), [](db::Database& database) {
      write_entry(database, 12, replaced(body_at(database, 12), "2026-11-01", "2026-11-09"));
      rebuild_tree(database);
      REQUIRE(database.run("UPDATE outbox SET time = replace(time, '-01T', '-09T') WHERE disclosure = 4"));
    });
    CHECK(verdict(book) == "sound");
    CHECK_FALSE(Ledger::open(book.path(), db::Mode::read_only)->head(head.size).value() == head);
  }
}

TEST_CASE("a past that was rewritten with care is found by any later checkpoint") {
  const auto rewritten = [](const std::string& sql) {
    return after([&](db::Database& database) {
      write_entry(database, 5, replaced(body_at(database, 5), "\"kind\":\"withheld\"", "\"kind\":\"refused\""));
      rebuild_tree(database);
      REQUIRE(database.run(sql));
    });
  };
  CHECK(rewritten("DELETE FROM checkpoints WHERE size = 2") == "the checkpoint of 7 entries: is of another tree");
  CHECK(rewritten("DELETE FROM checkpoints WHERE size = 7") == "entry 7: its checkpoint is of another tree");
}
