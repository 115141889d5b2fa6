#pragma once
/// \file
/// SQLite in three small types: connection, statement, transaction. The only users of sqlite3.h are this module's
/// source files. SQLite's codes are translated where they occur: busy, full, read-only and broken disks become
/// `not_recorded`, a damaged file becomes `integrity`; messages name the file.
///
///     AIRLOCK_TRY(auto database, db::Database::open(path, db::Mode::read_only));
///     AIRLOCK_TRY(auto names, database.prepare("SELECT name FROM people WHERE age > ?"));
///     names.bind(std::int64_t{17});
///     for (;;) {
///       AIRLOCK_TRY(const bool row, names.step());
///       if (!row) break;
///       use(names.text(0));
///     }
///
/// A statement that has given a row and is neither at its end, reset nor gone holds a lock that stops every writer, in
/// this and in other processes: read in pages, and keep no statement longer than a page takes. While a database is
/// open, nothing else in the process may open and close the same file: POSIX locks would be lost with it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace airlock::db {

using core::Result;

/// How long a statement waits for another process before it fails as busy.
inline constexpr int busy_milliseconds = 5000;
/// Longest text, blob or row, in bytes, that is read or written; a hostile file cannot make us take more.
inline constexpr int value_limit = 2 * 1024 * 1024;
/// Largest database, in bytes, that `Database::check` looks at in its place.
inline constexpr std::int64_t check_in_place_most = 1024 * 1024;
/// See `Database::copy_to`. A page has 4 KiB.
inline constexpr int copy_step_pages = 256;
inline constexpr int copy_restarts_most = 16;

class Vfs;

enum class Mode : std::uint8_t { read_write, read_only };
/// What becomes of the rollback journal once a change is committed: removed, or emptied, so that a process that may write
/// it, but make and remove no file, can change the database.
enum class Journal : std::uint8_t { removed, emptied };

class Statement;

/// One connection with the settings that every database of Airlock has: rollback journal, `synchronous=EXTRA`, foreign
/// keys, DEFENSIVE, `trusted_schema` off, `cell_size_check` on, bounded busy timeout, no memory mapping, nothing
/// temporary on disk. It opens the database and its `-journal`, regular files both, and no other file (vfs.hpp). One
/// thread at a time.
class Database {
 public:
  /// Opens a file that exists; one of no bytes is an empty database. A new database is therefore a file that the caller
  /// made, with the permissions that it is to have: SQLite gives its journal the same. `read_only` needs no permission
  /// to write anything, unless an interrupted change has to be undone first. Symbolic links to the folder are followed,
  /// so that a site may live on another disk; the file itself must be a regular file.
  /// Errors: bad_input (missing), integrity (not a database; a journal that names a super-journal, or that is not of this
  /// database; a database, journal or write-ahead log that somebody planted), not_recorded.
  [[nodiscard]] static Result<Database> open(const std::string& path, Mode mode,
                                             Journal after = Journal::removed);
  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;
  ~Database() = default;

  /// Runs one or more statements without parameters or results.
  [[nodiscard]] Result<void> run(const std::string& sql);
  /// Prepares exactly one statement. It must go before the database does.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// First column of the first row as integer. Error: unexpected where there is no row.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
  /// SQLite's own check of the whole file; the first finding is an integrity error. A file of more than
  /// `check_in_place_most` bytes is copied to scratch space first, since the check locks writers out while it lasts.
  [[nodiscard]] Result<void> check();
  /// Copies this database over the one at `path`, a file that exists and that nobody else uses: SQLite's online backup,
  /// `copy_step_pages` at a time. Writers go on between two steps, and the copy begins anew after each of their
  /// commits; when that has happened `copy_restarts_most` times, the rest is copied in one step that locks them out.
  /// What is at `path` afterwards is one committed state. Not durable yet. Errors: not_recorded and the like, naming
  /// the file that they are about.
  [[nodiscard]] Result<void> copy_to(const std::string& path);
  /// The file's absolute path.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  friend class Transaction;
  friend class Reading;
  struct Close {
    void operator()(sqlite3* handle) const;
    std::shared_ptr<Vfs> vfs;  ///< outlives the connection
  };
  Database(sqlite3* handle, std::shared_ptr<Vfs> vfs);
  [[nodiscard]] Result<void> configure();
  [[nodiscard]] Result<void> copy_into(Database& copy);
  [[nodiscard]] Result<void> check_in_place();
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

/// A prepared statement. Parameters are bound in order, then `step` until it gives no row.
class Statement {
 public:
  /// Each binds the next parameter; a failure shows at the next `step`.
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);
  Statement& bind_null();

  /// Whether there is a row. Errors: see Database.
  [[nodiscard]] Result<bool> step();
  /// Runs a statement that gives no rows.
  [[nodiscard]] Result<void> run();
  /// Ends the reading, frees its lock, and makes the statement ready for new parameters.
  void reset();

  /// Column of the current row, from 0 on. NULL is 0 or no bytes.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* handle) : handle_(handle) {}
  struct Finalise {
    void operator()(sqlite3_stmt* handle) const;
  };
  void note_binding(int code);
  std::unique_ptr<sqlite3_stmt, Finalise> handle_;
  int next_ = 1;
  int bind_code_ = 0;
};

/// BEGIN IMMEDIATE … COMMIT; rolled back when it goes without `commit`. It must go before its database does.
class Transaction {
 public:
  /// Error: not_recorded where another process writes for longer than `busy_milliseconds`, or the database is open for
  /// reading only.
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  /// After an error nobody knows whether it happened: the caller must reopen the database and look.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(sqlite3* handle) : handle_(handle) {}
  struct RollBack {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, RollBack> handle_;
};

/// BEGIN … for statements that read one after the other: the file is locked and looked at once, not for each of them. Keep
/// it no longer than a statement, since it stops every writer. Part of the transaction that is open already, if one is. It
/// must go before its database does.
class Reading {
 public:
  [[nodiscard]] static Result<Reading> begin(Database& database);

 private:
  explicit Reading(sqlite3* handle) : handle_(handle) {}
  struct End {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, End> handle_;  ///< null where another transaction is open
};

}  // namespace airlock::db
