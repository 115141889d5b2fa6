#pragma once
/// \file
/// The schema of a database file: the kind of the file, its version, and its exact tables, indexes and triggers. A
/// released version never changes. A later schema is a new version, with a migration that leads to it.
///
/// SQLite keeps the text of each CREATE statement. `check_schema` compares all of them before any other statement runs,
/// so that a file without its triggers, or with another table under a known name, is not used at all.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/result.hpp"
#include "db/database.hpp"

namespace airlock::db {

struct Schema {
  std::string_view what;  ///< what messages call the file, with an article: `a ledger`
  std::int64_t application_id;
  std::int64_t version;
  /// `CREATE TABLE …`, `CREATE INDEX …` and so on, in the form in which SQLite keeps them: upper-case keywords up to
  /// the name, one space between them, no IF NOT EXISTS, no semicolon at the end.
  std::span<const std::string_view> statements;
  /// The first migration leads from version 1 to version 2, and so on. A statement that alters a table must leave the
  /// text that `statements` has. Released migrations never change.
  std::span<const std::span<const std::string_view>> migrations = {};
};

/// Gives an empty database the schema, in one transaction. Error: unexpected where it is not empty.
[[nodiscard]] Result<void> create_schema(Database& database, const Schema& schema);

/// Brings a database of an older version to the newest, in one transaction. Changes no other database. Errors: those of
/// `check_schema` where the result is not the schema, and then nothing is changed.
[[nodiscard]] Result<void> upgrade_schema(Database& database, const Schema& schema);

/// Whether the database has exactly this schema. Errors: integrity (another kind of file, or a schema that somebody
/// changed), refused (made by a newer Airlock), not_recorded (made by an older one, and still to be upgraded).
[[nodiscard]] Result<void> check_schema(Database& database, const Schema& schema);

}  // namespace airlock::db
