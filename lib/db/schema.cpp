#include "db/schema.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "core/text.hpp"

namespace airlock::db {

using core::Code;
using core::fail;

namespace {

constexpr auto restore = "restore the file from a backup";

/// The statement's first words, enough to find it by: `CREATE TRIGGER entries_keep`.
std::string heading(std::string_view statement) {
  std::size_t end = 0;
  for (int words = statement.starts_with("CREATE UNIQUE") ? 4 : 3; words > 0 && end != statement.npos; --words) {
    end = statement.find_first_of(" \n(", end + 1);
  }
  return core::quote(statement.substr(0, end));
}

}  // namespace

Result<void> create_schema(Database& database, const Schema& schema) {
  AIRLOCK_TRY(auto transaction, Transaction::begin(database));
  AIRLOCK_TRY(const auto objects, database.number("SELECT count(*) FROM sqlite_schema"));
  if (objects != 0) return fail(Code::unexpected, core::quote(database.path()) + ": is not empty");
  for (const std::string_view statement : schema.statements) AIRLOCK_CHECK(database.run(std::string(statement)));
  AIRLOCK_CHECK(database.run("PRAGMA application_id = " + std::to_string(schema.application_id)));
  AIRLOCK_CHECK(database.run("PRAGMA user_version = " + std::to_string(schema.version)));
  return transaction.commit();
}

Result<void> upgrade_schema(Database& database, const Schema& schema) {
  /// How many of the migrations the database has behind it.
  const auto migrated = [&]() -> Result<std::size_t> {
    AIRLOCK_TRY(const auto application_id, database.number("PRAGMA application_id"));
    AIRLOCK_TRY(const auto version, database.number("PRAGMA user_version"));
    const bool older = application_id == schema.application_id && version >= 1 && version < schema.version;
    return older ? static_cast<std::size_t>(version - 1) : schema.migrations.size();
  };
  AIRLOCK_TRY(std::size_t done, migrated());
  if (done == schema.migrations.size()) return {};
  AIRLOCK_TRY(auto transaction, Transaction::begin(database));
  AIRLOCK_TRY(done, migrated());  // another process may have been faster
  if (done == schema.migrations.size()) return {};
  for (const auto& migration : schema.migrations.subspan(done)) {
    for (const std::string_view statement : migration) AIRLOCK_CHECK(database.run(std::string(statement)));
  }
  AIRLOCK_CHECK(database.run("PRAGMA user_version = " + std::to_string(schema.version)));
  AIRLOCK_CHECK(check_schema(database, schema));
  return transaction.commit();
}

Result<void> check_schema(Database& database, const Schema& schema) {
  const auto fault = [&](const std::string& what) {
    return fail(Code::integrity, core::quote(database.path()) + ": " + what, restore);
  };
  AIRLOCK_TRY(const auto application_id, database.number("PRAGMA application_id"));
  if (application_id != schema.application_id) return fault("is not " + std::string(schema.what));
  AIRLOCK_TRY(const auto version, database.number("PRAGMA user_version"));
  if (version > schema.version) {
    return fail(Code::refused,
                core::quote(database.path()) + ": has version " + std::to_string(version) +
                    " of its format, but this Airlock knows " + std::to_string(schema.version) + " at most",
                "upgrade Airlock");
  }
  if (version < 1) return fault("has the unknown format version " + std::to_string(version));
  if (version < schema.version) {
    return fail(Code::not_recorded,
                core::quote(database.path()) + ": has version " + std::to_string(version) +
                    " of its format, and must first be upgraded to version " + std::to_string(schema.version),
                "run a command that writes, as the user who owns the file");
  }

  std::vector<std::string_view> missing(schema.statements.begin(), schema.statements.end());
  // Indexes that SQLite makes for itself have no text.
  AIRLOCK_TRY(auto objects, database.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL"));
  for (;;) {
    AIRLOCK_TRY(const bool row, objects.step());
    if (!row) break;
    const auto found = std::find(missing.begin(), missing.end(), objects.text(1));
    if (found == missing.end()) return fault("its schema was changed at " + core::quote(objects.text(0)));
    missing.erase(found);
  }
  if (!missing.empty()) return fault("its schema lacks " + heading(missing.front()));
  return {};
}

}  // namespace airlock::db
