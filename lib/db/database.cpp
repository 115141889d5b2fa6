#include "db/database.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/text.hpp"
#include "db/error.hpp"
#include "db/idle_statements.hpp"
#include "db/vfs.hpp"

namespace airlock::db {

using core::Code;
using core::fail;

namespace {

struct Option {
  int name;
  int value;
};
/// In force before SQLite reads the first byte of the file's schema.
constexpr Option options[] = {
    {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0}, {SQLITE_DBCONFIG_ENABLE_FKEY, 1},
    {SQLITE_DBCONFIG_ENABLE_TRIGGER, 1}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},    {SQLITE_DBCONFIG_DQS_DDL, 0},
    {SQLITE_DBCONFIG_DQS_DML, 0},
};

constexpr auto settings =
    "PRAGMA synchronous = EXTRA;"
    // In KiB: the pages of a large commit. SQLite would write a page that finds no room before the commit, and sync the
    // journal first.
    "PRAGMA cache_size = -16384;"
    "PRAGMA cell_size_check = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA mmap_size = 0;"
    // Without it REPLACE deletes rows without asking the triggers that forbid deletion.
    "PRAGMA recursive_triggers = ON;";

core::Error missing(const std::string& path) {
  return {Code::bad_input, core::quote(path) + ": does not exist", "check the path"};
}

/// The absolute path, with a folder that has no symbolic links.
Result<std::string> full_path(const std::string& path) {
  std::error_code error;
  const std::filesystem::path given(path);
  const auto folder = std::filesystem::canonical(given.has_parent_path() ? given.parent_path() : ".", error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return fail(missing(path));
  if (error) return fail(error_of(SQLITE_CANTOPEN, path, ""));
  return (folder / given.filename()).string();
}

core::Error open_error(sqlite3* handle, const Vfs& vfs, const std::string& path) {
  const int code = sqlite3_extended_errcode(handle);
  if (code == refused_code && vfs.refusal()) return *vfs.refusal();
  if ((code & 0xFF) == SQLITE_CANTOPEN && sqlite3_system_errno(handle) == ENOENT) return missing(path);
  return error_of(code, path, sqlite3_errmsg(handle));
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const {
  idle->finalise();
  sqlite3_close_v2(handle);
}

Database::Database(sqlite3* handle, std::shared_ptr<Vfs> vfs)
    : handle_(handle, Close{std::move(vfs), std::make_shared<IdleStatements>()}),
      path_(handle_.get_deleter().vfs->path()) {}

Result<Database> Database::open(const std::string& path, Mode mode, Journal after) {
  AIRLOCK_TRY(auto full, full_path(path));
  AIRLOCK_TRY(std::shared_ptr<Vfs> vfs, Vfs::of_database(std::move(full)));
  sqlite3* handle = nullptr;
  const int opened = vfs->open(mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE, &handle);
  Database database(handle, vfs);
  if (opened != SQLITE_OK) return fail(open_error(handle, *vfs, path));
  // Where it may not write the file, SQLite opens it for reading and reports no error.
  if (mode == Mode::read_write && sqlite3_db_readonly(handle, "main") != 0) {
    return fail(error_of(SQLITE_READONLY, database.path_, ""));
  }
  AIRLOCK_CHECK(database.configure());
  const bool emptied = after == Journal::emptied;
  AIRLOCK_TRY(auto journal,
              database.prepare(emptied ? "PRAGMA journal_mode = TRUNCATE" : "PRAGMA journal_mode = DELETE"));
  AIRLOCK_TRY(const bool row, journal.step());
  if (!row || journal.text(0) != (emptied ? "truncate" : "delete")) {
    return fail(Code::integrity, core::quote(database.path_) + ": does not use a rollback journal",
                "another program has changed the file; restore it from a backup");
  }
  return database;
}

Result<void> Database::configure() {
  sqlite3* handle = handle_.get();
  for (const Option& option : options) {
    if (sqlite3_db_config(handle, option.name, option.value, nullptr) != SQLITE_OK) return fail(last_error(handle));
  }
  sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, value_limit);
  sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
  if (sqlite3_busy_timeout(handle, busy_milliseconds) != SQLITE_OK) return fail(last_error(handle));
  return run(settings);
}

Result<void> Database::run(const std::string& sql) {
  forget_system_error();
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(last_error(handle_.get()));
  }
  return {};
}

Result<Statement> Database::prepare(std::string_view sql) {
  IdleStatements& idle = *handle_.get_deleter().idle;
  if (sqlite3_stmt* prepared = idle.take(sql)) return Statement(prepared, idle);
  sqlite3_stmt* handle = nullptr;
  const char* rest = nullptr;
  forget_system_error();
  const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()), &handle, &rest);
  Statement statement(handle, idle);
  if (code != SQLITE_OK) return fail(last_error(handle_.get()));
  if (handle == nullptr || rest != sql.data() + sql.size()) {
    return fail(Code::unexpected, core::quote(path_) + ": " + core::quote(sql) + " is not one statement");
  }
  return statement;
}

Result<std::int64_t> Database::number(std::string_view sql) {
  AIRLOCK_TRY(auto statement, prepare(sql));
  AIRLOCK_TRY(const bool row, statement.step());
  if (!row) return fail(Code::unexpected, core::quote(path_) + ": " + core::quote(sql) + " gave no row");
  return statement.integer(0);
}

Result<Transaction> Transaction::begin(Database& database) {
  // BEGIN IMMEDIATE on a file that cannot be written would only begin to read.
  if (sqlite3_db_readonly(database.handle_.get(), "main") != 0) {
    return fail(error_of(SQLITE_READONLY, database.path(), ""));
  }
  AIRLOCK_CHECK(database.run("BEGIN IMMEDIATE"));
  return Transaction(database.handle_.get());
}

void Transaction::RollBack::operator()(sqlite3* handle) const {
  // After some errors SQLite itself has rolled back. Where this fails, the journal stays, and the next process that
  // opens the database rolls back.
  if (sqlite3_get_autocommit(handle) == 0) sqlite3_exec(handle, "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Transaction::commit() {
  forget_system_error();
  if (sqlite3_exec(handle_.get(), "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) {
    return fail(last_error(handle_.get()));
  }
  (void)handle_.release();
  return {};
}

Result<ReadTransaction> ReadTransaction::begin(Database& database) {
  if (sqlite3_get_autocommit(database.handle_.get()) == 0) return ReadTransaction(nullptr);
  AIRLOCK_CHECK(database.run("BEGIN"));
  return ReadTransaction(database.handle_.get());
}

void ReadTransaction::End::operator()(sqlite3* handle) const {
  // Nothing was written, so nothing can be lost here.
  if (sqlite3_get_autocommit(handle) == 0) sqlite3_exec(handle, "COMMIT", nullptr, nullptr, nullptr);
}

}  // namespace airlock::db
