#include <sqlite3.h>

#include "db/database.hpp"
#include "db/error.hpp"
#include "db/vfs.hpp"

namespace airlock::db {

using core::fail;

namespace {

constexpr int pause_milliseconds = 1;

struct EndBackup {
  void operator()(sqlite3_backup* backup) const { sqlite3_backup_finish(backup); }
};

}  // namespace

Result<void> Database::copy_into(Database& copy) {
  const std::unique_ptr<sqlite3_backup, EndBackup> backup(
      sqlite3_backup_init(copy.handle_.get(), "main", handle_.get(), "main"));
  if (!backup) return fail(last_error(copy.handle_.get()));
  int restarts = 0;
  int waited = 0;
  int remaining = 0;
  for (;;) {
    const int code = sqlite3_backup_step(backup.get(), restarts < copy_restarts_maximum ? copy_step_pages : -1);
    if (code == SQLITE_DONE) return {};
    const bool busy = (code & 0xFF) == SQLITE_BUSY || (code & 0xFF) == SQLITE_LOCKED;
    if (code == refused_code) {
      for (sqlite3* each : {copy.handle_.get(), handle_.get()}) {
        if (auto refused = Vfs::refusal(each)) return fail(*std::move(refused));
      }
    }
    if (code != SQLITE_OK && !busy) {
      // The code does not say which of the two files it is about; a full disk is the copy's.
      const bool of_copy = (code & 0xFF) == SQLITE_FULL || (code & 0xFF) == SQLITE_READONLY ||
                           code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_TRUNCATE;
      return fail(error_of(code, of_copy ? copy.path_ : path_, sqlite3_errstr(code)));
    }
    if (busy && (waited += pause_milliseconds) > busy_milliseconds) return fail(error_of(code, path_, ""));
    const int left = sqlite3_backup_remaining(backup.get());
    if (!busy && remaining != 0 && left >= remaining) ++restarts;
    remaining = left;
    sqlite3_sleep(pause_milliseconds);
  }
}

Result<void> Database::copy_to(const std::string& path) {
  AIRLOCK_TRY(auto copy, open(path, Mode::read_write));
  return copy_into(copy);
}

Result<void> Database::check_in_place() {
  AIRLOCK_TRY(auto statement, prepare("PRAGMA integrity_check(1)"));
  AIRLOCK_TRY(const bool row, statement.step());
  const std::string finding = row ? statement.text(0) : "no answer";
  if (finding != "ok") return fail(error_of(SQLITE_CORRUPT, path_, finding));
  return {};
}

Result<void> Database::check() {
  AIRLOCK_TRY(auto checked, begin_check());
  return checked.get();
}

Result<std::future<Result<void>>> Database::begin_check() {
  AIRLOCK_TRY(const auto pages, number("PRAGMA page_count"));
  AIRLOCK_TRY(const auto page_size, number("PRAGMA page_size"));
  if (pages * page_size <= check_in_place_maximum) {
    return std::async(std::launch::deferred, [this] { return check_in_place(); });
  }
  AIRLOCK_TRY(std::shared_ptr<Vfs> vfs, Vfs::of_scratch());
  sqlite3* handle = nullptr;
  const int opened = vfs->open(SQLITE_OPEN_READWRITE, &handle);
  Database copy(handle, std::move(vfs));
  copy.path_ = path_;
  if (opened != SQLITE_OK) return fail(last_error(handle));
  AIRLOCK_CHECK(copy.configure());
  // An empty database has nothing to roll back to, and scratch space is one file.
  AIRLOCK_CHECK(copy.run("PRAGMA journal_mode = OFF"));
  AIRLOCK_CHECK(copy_into(copy));
  // Where the system gives no thread, the caller checks when it waits.
  return std::async([own = std::make_shared<Database>(std::move(copy))] { return own->check_in_place(); });
}

}  // namespace airlock::db
