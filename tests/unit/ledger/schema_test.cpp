#include "ledger/schema.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "book.hpp"
#include "ledger/queries.hpp"
#include "ledger/verify.hpp"

using namespace airlock;
using test::Book;

namespace {

/// The ledger as any other program would open it, but for the settings that refuse even more.
db::Database raw(const Book& book) {
  auto database = db::Database::open(book.path(), db::Mode::read_write).value();
  // The default of every other program.
  REQUIRE(database.run("PRAGMA recursive_triggers = OFF"));
  return database;
}

}  // namespace

TEST_CASE("neither entries nor checkpoints can be changed, deleted or replaced") {
  Book book;
  test::fill(book);
  const auto head = book.ledger.head().value();
  auto database = raw(book);
  for (const std::string sql : {
           "UPDATE entries SET body = '{}' WHERE seq = 3",
           "UPDATE entries SET time = time",
           "UPDATE OR REPLACE entries SET seq = 4 WHERE seq = 3",
           "UPDATE entries SET seq = 99 WHERE seq = 12",
           "DELETE FROM entries WHERE seq = 12",
           "DELETE FROM entries",
           "REPLACE INTO entries SELECT * FROM entries WHERE seq = 3",
           "INSERT OR REPLACE INTO entries (seq, body, leaf, time, kind) VALUES (3, '{}', x'00', '', '')",
           "INSERT INTO entries (seq, body, leaf, time, kind) VALUES (14, '{}', x'00', '', '')",
           "INSERT INTO entries (seq, body, leaf, time, kind) VALUES (-1, '{}', x'00', '', '')",
           "INSERT INTO entries (body, leaf, time, kind) VALUES ('{}', x'00', '', '')",
           "INSERT INTO entries SELECT * FROM entries WHERE seq = 3 ON CONFLICT DO UPDATE SET body = '{}'",
           "REPLACE INTO entries (seq, body, leaf, time, kind, number) VALUES (3, '{}', x'00', '', 'produced', 1)",
           "UPDATE checkpoints SET note = 'x'",
           "UPDATE OR REPLACE checkpoints SET size = 7 WHERE size = 2",
           "DELETE FROM checkpoints WHERE size = 7",
           "DELETE FROM checkpoints",
           "REPLACE INTO checkpoints VALUES (7, 'x')",
           "REPLACE INTO checkpoints VALUES (3, 'x')",
           "INSERT INTO checkpoints VALUES (-3, 'x')",
           "INSERT INTO checkpoints (note) VALUES ('x')",
       }) {
    CAPTURE(sql);
    const auto done = database.run(sql);
    REQUIRE_FALSE(done);
    CHECK(done.error().code == core::Code::unexpected);
    CHECK(done.error().message.find("`: a") != std::string::npos);  // the words of a trigger
  }
  CHECK(book.ledger.head().value() == head);
  CHECK(database.number("SELECT sum(size) FROM checkpoints").value() == 2 + 7 + 10);
}

TEST_CASE("a number or a produced report cannot stand twice, even where an entry is replaced by the next one") {
  Book book;
  book.produce(1);
  auto database = raw(book);
  CHECK_FALSE(
      database.run("INSERT INTO entries (seq, body, leaf, time, kind, number) "
                   "VALUES (1, '{}', x'00', '', 'produced', 1)"));
  CHECK_FALSE(
      database.run("INSERT INTO entries (seq, body, leaf, time, kind, report_id) "
                   "VALUES (1, '{}', x'00', '', 'produced', '" +
                   test::report_id(1) + "')"));
}

TEST_CASE("the file says what it is") {
  const Book book;
  auto database = raw(book);
  CHECK(database.number("PRAGMA application_id").value() == 0x4169724C);
  CHECK(database.number("PRAGMA user_version").value() == 2);
  CHECK(database
            .number("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 "
                    "AND name <> 'sqlite_schema'")
            .value() == 0);
}

TEST_CASE("released versions of the schema never change") {
  std::string script;
  std::string first;
  for (const auto statement : ledger::schema().statements) {
    // Version 2 added one table at the end.
    if (statement.starts_with("CREATE TABLE ceilings")) first = script;
    script.append(statement).append(";\n");
  }
  CHECK(crypto::sha256(first).hex() == "6fd89c4ab213fe5e4e3d3cf295217f45beae0852dec13551e56d426f28a9afba");
  CHECK(crypto::sha256(script).hex() == "c047c5350c2b286bbcb992e9213dbfb4c8cd167a622da66b4e3f623c86b77769");
}

TEST_CASE("a ledger of every released version opens for writing, is then one of the newest, and verifies") {
  int kept = 0;
  for (const auto& each : std::filesystem::directory_iterator(AIRLOCK_TEST_KIT "/released")) {
    if (each.path().extension() != ".db") continue;
    CAPTURE(each.path().string());
    ++kept;
    const test::TemporaryDirectory folder;
    const std::string path = folder / "ledger.db";
    std::filesystem::copy_file(each.path(), path);
    std::string key;
    std::getline(std::ifstream(std::filesystem::path(each.path()).replace_extension(".vkey")), key);
    const auto verifier = crypto::NoteVerifier::from_text(key);
    REQUIRE(verifier);
    const auto opened = ledger::Ledger::open(path, db::Mode::read_write);
    REQUIRE_MESSAGE(opened, opened.error().message);
    const auto checked = ledger::verify(*opened, *verifier);
    REQUIRE_MESSAGE(checked, checked.error().message);
    CHECK(checked->entries > 20);
    CHECK(ledger::Ledger::open(path, db::Mode::read_only));

    // All its entries are of format 1: what the newest are is found by reading them, and from the next entry on by
    // that.
    CHECK(opened->is_of_format_1().value());
    const auto produced = opened->newest(ledger::Kind::produced).value();
    const auto number = opened->last_number().value();
    const auto disclosure = opened->last_disclosure().value();
    const auto time = opened->newest_time().value();
    CHECK(number == checked->reports);
    CHECK(disclosure == checked->disclosures);
    auto writable = ledger::Ledger::open(path, db::Mode::read_write).value();
    {
      auto change = writable.change(sys::Lock::acquire(path + ".lock", 0).value()).value();
      REQUIRE(change.append(ledger::Kind::recovered, "", core::Json::object(), *time, std::string(16, 'n')));
      REQUIRE(change.commit());
    }
    CHECK_FALSE(writable.is_of_format_1().value());
    CHECK(writable.newest(ledger::Kind::produced).value()->seq == produced->seq);
    CHECK(writable.last_number().value() == number);
    CHECK(writable.last_disclosure().value() == disclosure);
    CHECK(writable.newest_time().value() == time);
    CHECK(ledger::verify(writable, *verifier));
  }
  CHECK(kept + 1 == ledger::schema().version);  // all that came before the newest
}

TEST_CASE("no query scans a table or sorts: all are served by an index") {
  Book book;
  test::fill(book);
  auto database = raw(book);
  for (const std::string_view sql : ledger::sql::all) {
    CAPTURE(sql);
    auto plan = database.prepare("EXPLAIN QUERY PLAN " + std::string(sql));
    REQUIRE(plan);
    while (plan->step().value()) {
      const std::string step = plan->text(3);
      CAPTURE(step);
      // This index has exactly the rows that are asked for.
      if (step == "SCAN outbox USING INDEX outbox_unfinished") continue;
      // The few that end without leaving come from an index over their kind.
      if (sql == ledger::sql::ended_since && step.find("entries USING INDEX") != std::string::npos) continue;
      CHECK(step.find("SCAN") == std::string::npos);
      CHECK(step.find("TEMP B-TREE") == std::string::npos);
    }
  }
}

TEST_CASE("the check of plans can fail") {
  const Book book;
  auto database = raw(book);
  auto plan = database.prepare("EXPLAIN QUERY PLAN SELECT seq FROM entries WHERE body = 'x'");
  REQUIRE(plan->step().value());
  CHECK(plan->text(3).find("SCAN") != std::string::npos);
}
