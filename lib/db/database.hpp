#pragma once
/// \file
/// SQLite in small types: connection, statement, transaction. Only the source files of this module use sqlite3.h. A
/// busy, full, read-only or broken disk is `not_recorded`. A damaged file is `integrity`. Messages name the file.
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
/// A statement holds a lock from its first row until its end, `reset` or destructor. The lock stops every writer, in
/// this process and in others: read in pages, and keep no statement longer than a page takes. While a database is open,
/// nothing else in the process may open and close the same file, since its POSIX locks would be lost.

#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "db/limits.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace airlock::db {

using core::Result;

class Vfs;
class IdleStatements;

enum class Mode : std::uint8_t { read_write, read_only };
/// What happens to the rollback journal after a commit. Where it is emptied, a process can change the database that may
/// write both files but may neither make nor remove files.
enum class Journal : std::uint8_t { removed, emptied };

class Statement;

/// A connection with the settings of every database of Airlock: rollback journal, `synchronous=EXTRA`, foreign keys,
/// DEFENSIVE, `trusted_schema` off, `cell_size_check` on, a busy timeout, no memory mapping, and no temporary data on
/// disk. It opens the database and its `-journal`, both of them regular files, and no other file (vfs.hpp). One thread
/// at a time may use it.
class Database {
 public:
  /// Opens a file that exists. An empty file is an empty database: to make a new database, make the file with the
  /// permissions that it needs. SQLite gives the journal the same permissions. `read_only` needs no permission to
  /// write, unless an interrupted change has to be undone first. Symbolic links to the folder are followed, so that a
  /// site may be on another disk. The file itself must be a regular file. Errors: bad_input (missing), integrity (not a
  /// database; a journal that names a super-journal or belongs to another database; a database, journal or write-ahead
  /// log that somebody planted), not_recorded.
  [[nodiscard]] static Result<Database> open(const std::string& path, Mode mode, Journal after = Journal::removed);
  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;
  ~Database() = default;

  /// Runs one or more statements without parameters or results.
  [[nodiscard]] Result<void> run(const std::string& sql);
  /// Prepares exactly one statement, or takes one of the same text that was prepared before and is in use no more: to
  /// prepare takes far longer than to run. It must be destroyed before the database is.
  [[nodiscard]] Result<Statement> prepare(std::string_view sql);
  /// The first column of the first row as an integer. Error: unexpected where there is no row.
  [[nodiscard]] Result<std::int64_t> number(std::string_view sql);
  /// Runs the check of SQLite over the whole file. Error: integrity, with the first fault that it finds. The check
  /// locks writers out, so a file of more than `check_in_place_maximum` bytes is copied to scratch space first.
  [[nodiscard]] Result<void> check();
  /// Begins the same, and returns how to wait for its end: a copy is checked in a thread of its own, and the caller
  /// reads on meanwhile. Commits after this call are not checked.
  [[nodiscard]] Result<std::future<Result<void>>> begin_check();
  /// Copies this database over the one at `path`, a file that exists and that nobody else uses. Uses the online backup
  /// of SQLite, `copy_step_pages` at a time. Writers go on between two steps, and after each of their commits the copy
  /// begins again. After `copy_restarts_maximum` such commits, one step that locks writers out copies the rest. The
  /// copy is one committed state, and not durable yet. Errors: not_recorded and others of the disk, naming the file
  /// that has the fault.
  [[nodiscard]] Result<void> copy_to(const std::string& path);
  /// The absolute path of the file.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  friend class Transaction;
  friend class ReadTransaction;
  struct Close {
    void operator()(sqlite3* handle) const;
    std::shared_ptr<Vfs> vfs;              ///< outlives the connection
    std::shared_ptr<IdleStatements> idle;  ///< finalised before the connection is closed
  };
  Database(sqlite3* handle, std::shared_ptr<Vfs> vfs);
  [[nodiscard]] Result<void> configure();
  [[nodiscard]] Result<void> copy_into(Database& copy);
  [[nodiscard]] Result<void> check_in_place();
  std::unique_ptr<sqlite3, Close> handle_;
  std::string path_;
};

/// A prepared statement. Bind its parameters in their order, then call `step` until there is no row.
class Statement {
 public:
  /// Each function binds the next parameter. The next `step` reports a failure.
  Statement& bind(std::int64_t value);
  Statement& bind(std::string_view text);
  Statement& bind_blob(std::string_view bytes);

  /// Moves to the next row, and returns whether there is one. Errors: those of the file comment.
  [[nodiscard]] Result<bool> step();
  /// Runs a statement that has no rows. Error: unexpected where it has one.
  [[nodiscard]] Result<void> run();
  /// Ends the reading, frees its lock, and prepares the statement for new parameters.
  void reset();

  /// A column of the current row; the first one is 0. NULL is read as 0, or as no bytes.
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::string blob(int column) const;
  /// The same without a copy, up to the next `step` or `reset`. Each column is asked for as one of the two.
  [[nodiscard]] std::string_view text_view(int column) const;
  [[nodiscard]] std::string_view blob_view(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  friend class Database;
  Statement(sqlite3_stmt* handle, IdleStatements& idle) : handle_(handle, GiveBack{&idle}) {}
  struct GiveBack {
    void operator()(sqlite3_stmt* handle) const;
    IdleStatements* idle;
  };
  void note_binding(int code);
  std::unique_ptr<sqlite3_stmt, GiveBack> handle_;
  int next_ = 1;
  int bind_code_ = 0;
};

/// BEGIN IMMEDIATE … COMMIT. The destructor rolls back where `commit` was not called. It must be destroyed before its
/// database is.
class Transaction {
 public:
  /// Error: not_recorded where another process writes for longer than `busy_milliseconds`, or the database is open for
  /// reading only.
  [[nodiscard]] static Result<Transaction> begin(Database& database);
  /// After an error nobody knows whether the change was recorded: open the database again and look.
  [[nodiscard]] Result<void> commit();

 private:
  explicit Transaction(sqlite3* handle) : handle_(handle) {}
  struct RollBack {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, RollBack> handle_;
};

/// BEGIN … for several statements that read: the file is locked and examined once, and not for each of them. It stops
/// every writer, so keep it no longer than a statement. Where a transaction is open already, this does nothing. It must
/// be destroyed before its database is.
class ReadTransaction {
 public:
  [[nodiscard]] static Result<ReadTransaction> begin(Database& database);

 private:
  explicit ReadTransaction(sqlite3* handle) : handle_(handle) {}
  struct End {
    void operator()(sqlite3* handle) const;
  };
  std::unique_ptr<sqlite3, End> handle_;  ///< null where another transaction is open
};

}  // namespace airlock::db
