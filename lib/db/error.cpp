#include "db/error.hpp"

#include <sqlite3.h>

#include <string_view>
#include <utility>

#include "core/call.hpp"
#include "core/text.hpp"
#include "db/cut_short.hpp"
#include "db/limits.hpp"
#include "db/vfs.hpp"

namespace airlock::db {

using core::Code;

namespace {

constexpr std::string_view cut_short = "a change was cut short, and must be undone before anybody can read";
constexpr auto owner_hint = "run the command as the user who owns the file and its folder";

/// The system call that failed, by the result code of SQLite; empty for a code that several calls share.
std::string_view call_behind(int code) {
  switch (code) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
      return "pread64";
    case SQLITE_IOERR_WRITE:
      return "pwrite64";
    case SQLITE_IOERR_FSYNC:
      return "fdatasync";
    case SQLITE_IOERR_DIR_FSYNC:
      return "fsync";
    case SQLITE_IOERR_TRUNCATE:
      return "ftruncate";
    case SQLITE_IOERR_FSTAT:
      return "fstat";
    case SQLITE_IOERR_DELETE:
      return "unlink";
    case SQLITE_PERM:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
      return "fcntl";
    default:
      return {};
  }
}

}  // namespace

core::Error last_error(sqlite3* handle) {
  const int system_error = errno;
  const int code = sqlite3_extended_errcode(handle);
  if (const std::string_view call = call_behind(code); !call.empty() && core::is_denied(system_error)) {
    core::Error error = core::call_error(call, system_error);
    error.code = Code::not_recorded;
    return std::move(error).within(core::quote(sqlite3_db_filename(handle, "main")));
  }
  if (sqlite3_extended_errcode(handle) == refused_code) {
    if (auto refused = Vfs::refusal(handle)) return *std::move(refused);
  }
  // Where the disk cannot be read, SQLite reports a damaged file (SQLITE_IOERR_CORRUPTFS). Nobody should restore a
  // backup for that.
  const bool damaged = (sqlite3_extended_errcode(handle) & 0xFF) == SQLITE_CORRUPT;
  if (damaged && (system_error == EIO || system_error == ENXIO)) {
    return error_of(SQLITE_IOERR_READ, sqlite3_db_filename(handle, "main"), sqlite3_errstr(SQLITE_IOERR));
  }
  return error_of(sqlite3_extended_errcode(handle), sqlite3_db_filename(handle, "main"), sqlite3_errmsg(handle));
}

bool was_cut_short(const core::Error& error) { return error.message.ends_with(cut_short); }

core::Error error_of(int code, const std::string& path, const std::string& text) {
  const auto error = [&](Code kind, const std::string& what, const char* hint) {
    return core::Error{kind, core::quote(path) + ": " + what, hint};
  };
  if (code == SQLITE_READONLY_ROLLBACK) {
    return error(Code::not_recorded, std::string(cut_short),
                 "run a command that writes, as the user who owns the file");
  }
  if (code == SQLITE_READONLY_DBMOVED) {
    return error(Code::not_recorded, "was moved or replaced while it was open", "run the command again");
  }
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return error(Code::not_recorded, "is in use by another process",
                   "wait until that process has ended, then run the command again");
    case SQLITE_FULL:
      return error(Code::not_recorded, "there is no room on the disk", "make room and run the command again");
    case SQLITE_READONLY:
      if (is_forbidden(path, FileAccess::write))
        return error(Code::unexpected, "permission denied: it cannot be written", owner_hint);
      return error(Code::not_recorded, "cannot be written",
                   "run the command as the user who owns the file and its folder, on a disk that is not read-only");
    case SQLITE_IOERR:
      return error(Code::not_recorded, "the disk cannot be read or written (" + core::printable(text) + ")",
                   "check the disk, then run the command again");
    case SQLITE_CANTOPEN:
      if (is_forbidden(path, FileAccess::read))
        return error(Code::unexpected, "permission denied: it cannot be opened", owner_hint);
      return error(Code::not_recorded, "cannot be opened",
                   "check the permissions of the file and of its folder, then run the command again");
    case SQLITE_NOMEM:
      return error(Code::not_recorded, "there is not enough memory", "free memory and run the command again");
    case SQLITE_CORRUPT:
      return error(Code::integrity, "is damaged (" + core::printable(text) + ")", "restore the file from a backup");
    case SQLITE_NOTADB:
      return error(Code::integrity, "is not a database", "restore the file from a backup");
    case SQLITE_TOOBIG:
      return error(Code::integrity, "has a value of more than " + std::to_string(value_limit) + " bytes",
                   "restore the file from a backup");
    default:
      return error(Code::unexpected, core::printable(text) + " (code " + std::to_string(code) + ")", "");
  }
}

}  // namespace airlock::db
