#include "db/schema.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>

#include "temporary_directory.hpp"

using namespace airlock;
using core::Code;
using db::Database;
using db::Mode;

namespace {

constexpr std::array<std::string_view, 3> statements{
    "CREATE TABLE people (name TEXT UNIQUE) STRICT",
    "CREATE UNIQUE INDEX people_by_length ON people(length(name))",
    "CREATE TRIGGER people_stay BEFORE DELETE ON people BEGIN SELECT RAISE(ABORT, 'people stay'); END",
};
constexpr db::Schema schema{"a register", 0x41695278, 3, statements};

/// A database of that schema, changed by `sql`, opened again and checked.
core::Result<void> check_after(const std::string& sql) {
  const test::TemporaryDirectory folder;
  const std::string path = folder / "x.db";
  std::ofstream(path).close();
  auto database = Database::open(path, Mode::read_write);
  REQUIRE(database);
  REQUIRE(db::create_schema(*database, schema));
  REQUIRE(database->run(sql));
  auto again = Database::open(path, Mode::read_only);
  REQUIRE(again);
  return db::check_schema(*again, schema);
}

std::string message_after(const std::string& sql, Code code) {
  const auto checked = check_after(sql);
  REQUIRE_FALSE(checked);
  CHECK(checked.error().code == code);
  CHECK_FALSE(checked.error().hint.empty());
  return checked.error().message.substr(checked.error().message.find("`: ") + 3);
}

}  // namespace

TEST_CASE("a schema that was made is found unchanged, whatever the rows") {
  CHECK(check_after("INSERT INTO people VALUES ('Ada')"));
}

TEST_CASE("every difference from the schema is found and named") {
  CHECK(message_after("DROP TRIGGER people_stay", Code::integrity) == "its schema lacks `CREATE TRIGGER people_stay`");
  CHECK(message_after("DROP INDEX people_by_length", Code::integrity) ==
        "its schema lacks `CREATE UNIQUE INDEX people_by_length`");
  CHECK(message_after("CREATE TABLE more (n)", Code::integrity) == "its schema was changed at `more`");
  CHECK(message_after("CREATE VIEW more AS SELECT 1", Code::integrity) == "its schema was changed at `more`");
  CHECK(message_after("ALTER TABLE people ADD COLUMN age INTEGER", Code::integrity) ==
        "its schema was changed at `people`");
  CHECK(message_after("DROP TRIGGER people_stay;"
                      "CREATE TRIGGER people_stay BEFORE DELETE ON people BEGIN SELECT 1; END",
                      Code::integrity) == "its schema was changed at `people_stay`");
}

TEST_CASE("another kind of file is no register, and an older or newer version is told apart") {
  CHECK(message_after("PRAGMA application_id = 7", Code::integrity) == "is not a register");
  CHECK(message_after("PRAGMA user_version = 2", Code::integrity) == "has the unknown format version 2");
  CHECK(message_after("PRAGMA user_version = 4", Code::refused) ==
        "has version 4 of its format, and this Airlock knows 3 at most");
}

TEST_CASE("a schema is made in an empty database only, whole or not at all") {
  const test::TemporaryDirectory folder;
  std::ofstream(folder / "x.db").close();
  auto database = Database::open(folder / "x.db", Mode::read_write);
  REQUIRE(database);

  constexpr std::array<std::string_view, 2> broken{"CREATE TABLE a (n)", "CREATE NONSENSE"};
  CHECK_FALSE(db::create_schema(*database, {"a register", 1, 1, broken}));
  CHECK(database->number("SELECT count(*) FROM sqlite_schema").value() == 0);
  CHECK(database->number("PRAGMA application_id").value() == 0);

  REQUIRE(db::create_schema(*database, schema));
  const auto twice = db::create_schema(*database, schema);
  REQUIRE_FALSE(twice);
  CHECK(twice.error().message == "`" + (folder / "x.db") + "`: is not empty");
}
