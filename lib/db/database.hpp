#pragma once
/// \file
/// SQLite in three small types: connection, statement, transaction. The only users of sqlite3.h are this module's
/// source files. SQLite's codes are translated where they occur: busy, full and read-only become `not_recorded`, a
/// damaged file becomes `integrity`.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace airlock::db {

using core::Result;

enum class Mode : std::uint8_t { create, read_write, read_only };

class Statement;

/// One connection with the settings that every database of Airlock has: rollback journal, `synchronous=EXTRA`, foreign
/// keys, DEFENSIVE, `trusted_schema` off, `cell_size_check` on, bounded busy timeout.
class Database {
 public:
  /// `create` fails if the file exists. Errors: not_recorded, integrity (not a database), bad_input (missing).
  [[nodiscard]] static Result<Database> open(const std::string& path, Mode mode);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  /// Runs one or more statements without parameters or results.
  [[nodiscard]] Result<void> run(const std::string& sql);
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// First column of the first row as integer; error where there is no row.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
  /// SQLite's own check of the file: `ok`, or the first finding as an integrity error.
  [[nodiscard]] Result<void> check();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  friend class Statement;
  Database(sqlite3* handle, std::string path);
  std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle_;
  std::string path_;
};

/// A prepared statement. Parameters are bound in order, then `step` until it gives no row.
class Statement {
 public:
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_null();

  /// Whether there is a row. Error: see Database.
  [[nodiscard]] Result<bool> step();
  /// Runs a statement that gives no rows.
  [[nodiscard]] Result<void> run();
  /// Makes the statement ready for new parameters.
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(Database& database, sqlite3_stmt* handle);
  Database* database_;
  std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> handle_;
  int next_ = 1;
  bool bind_failed_ = false;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back when it goes without `commit`.
class Transaction {
 public:
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  /// After an error nobody knows whether it happened: the caller must reopen the database and look.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace airlock::db
