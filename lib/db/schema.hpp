#pragma once
/// \file
/// The schema of a database file: what kind of file it is, which version, and its exact tables, indexes and triggers.
/// A released version never changes; what comes later is a new version.
///
/// SQLite keeps the text of each CREATE statement. `check_schema` compares all of them before any other statement runs,
/// so that a file whose triggers are gone, or where a name means something else than we think, is not used at all.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/result.hpp"
#include "db/database.hpp"

namespace airlock::db {

struct Schema {
  std::string_view what;  ///< for messages, with its article: `a ledger`
  std::int64_t application_id;
  std::int64_t version;
  /// `CREATE TABLE …`, `CREATE INDEX …` and so on as SQLite keeps them: upper-case keywords up to the name, one space
  /// between them, no IF NOT EXISTS, no semicolon at the end.
  std::span<const std::string_view> statements;
};

/// Gives an empty database the schema, in one transaction. Error: unexpected where it is not empty.
[[nodiscard]] Result<void> create_schema(Database& database, const Schema& schema);

/// Errors: integrity (another kind of file, or a schema that somebody changed), refused (made by a newer Airlock).
[[nodiscard]] Result<void> check_schema(Database& database, const Schema& schema);

}  // namespace airlock::db
