#include "db/schema.hpp"

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <span>

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
  CHECK(message_after("PRAGMA user_version = 0", Code::integrity) == "has the unknown format version 0");
  CHECK(message_after("PRAGMA user_version = 2", Code::not_recorded) ==
        "has version 2 of its format, and must first be upgraded to version 3");
  CHECK(message_after("PRAGMA user_version = 4", Code::refused) ==
        "has version 4 of its format, but this Airlock knows 3 at most");
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

namespace {

// A register as its first version was, and what each later one changed.
constexpr std::array<std::string_view, 1> first_version{"CREATE TABLE people (name TEXT) STRICT"};
constexpr std::array<std::string_view, 1> to_second{
    "CREATE UNIQUE INDEX people_by_name ON people(name)",
};
constexpr std::array<std::string_view, 2> to_third{
    "ALTER TABLE people ADD COLUMN born INTEGER",
    "UPDATE people SET born = 1815 WHERE name = 'Ada'",
};
constexpr std::array<std::span<const std::string_view>, 2> steps{to_second, to_third};
constexpr std::array<std::string_view, 2> third_version{
    "CREATE TABLE people (name TEXT, born INTEGER) STRICT",
    "CREATE UNIQUE INDEX people_by_name ON people(name)",
};
constexpr db::Schema oldest{"a register", 7, 1, first_version};
constexpr db::Schema newest{"a register", 7, 3, third_version, steps};

Database register_of_the_first_version(const test::TemporaryDirectory& folder, const std::string& sql) {
  std::ofstream(folder / "x.db").close();
  auto database = Database::open(folder / "x.db", Mode::read_write);
  REQUIRE(database);
  REQUIRE(db::create_schema(*database, oldest));
  REQUIRE(database->run(sql));
  return std::move(*database);
}

}  // namespace

TEST_CASE("an old database becomes the newest version, its rows with it, and is the schema that a new one has") {
  const test::TemporaryDirectory folder;
  Database database = register_of_the_first_version(folder, "INSERT INTO people VALUES ('Ada'), ('Bob')");
  CHECK(db::check_schema(database, newest).error().code == Code::not_recorded);
  REQUIRE(db::upgrade_schema(database, newest));
  CHECK(db::check_schema(database, newest));
  CHECK(database.number("PRAGMA user_version").value() == 3);
  CHECK(database.number("SELECT born FROM people WHERE name = 'Ada'").value() == 1815);
  CHECK(database.number("SELECT count(*) FROM people").value() == 2);
  REQUIRE(db::upgrade_schema(database, newest));  // again: nothing to do
}

TEST_CASE("an upgrade that fails, or leads to another schema, changes nothing") {
  const test::TemporaryDirectory folder;
  Database database = register_of_the_first_version(folder, "INSERT INTO people VALUES ('Ada'), ('Ada')");
  CHECK_FALSE(db::upgrade_schema(database, newest));  // the index is to be unique
  CHECK(db::check_schema(database, oldest));
  REQUIRE(database.run("DELETE FROM people; CREATE TABLE more (n)"));
  const auto upgraded = db::upgrade_schema(database, newest);
  REQUIRE_FALSE(upgraded);
  CHECK(upgraded.error().message.find("its schema was changed at `more`") != std::string::npos);
  CHECK(database.number("PRAGMA user_version").value() == 1);
  CHECK(database.number("SELECT count(*) FROM pragma_table_info('people')").value() == 1);
}
