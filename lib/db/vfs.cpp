#include "db/vfs.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>

#include "core/text.hpp"

namespace airlock::db {

using core::Code;
using core::fail;

static_assert((refused_code & 0xFF) == SQLITE_CORRUPT);

namespace {

constexpr auto remove_hint = "find out who made it, remove it, and run the command again";
constexpr auto evidence_hint =
    "somebody planted it. Move it to another folder as evidence before any program opens the database; then verify the "
    "database, and restore a backup if it is damaged";

// The rollback journal (sqlite.org/fileformat2.html#the_rollback_journal); numbers are big-endian. The last 16 bytes
// are the length of the name of a super-journal, its checksum, and the magic bytes again. The name is before them
// (pager.c, `readSuperJournal`).
constexpr std::array<unsigned char, 8> journal_magic{0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
constexpr std::int64_t tail_bytes = 16;
constexpr std::int64_t header_bytes = 28;
constexpr std::size_t pages_at = 16;
constexpr std::size_t page_size_at = 24;
constexpr std::uint32_t smallest_page = 512;
constexpr std::uint32_t largest_page = 65536;
/// How much of the name of a super-journal a message shows, in bytes.
constexpr std::int64_t shown_bytes = 200;

template <std::size_t size>
std::uint32_t big_endian(const std::array<unsigned char, size>& bytes, std::size_t at) {
  return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U | std::uint32_t{bytes[at + 2]} << 8U |
         std::uint32_t{bytes[at + 3]};
}

std::string_view kind_in_words(mode_t mode) {
  if (S_ISLNK(mode)) return "a symbolic link";
  if (S_ISDIR(mode)) return "a folder";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Vfs& self(sqlite3_vfs* vfs) { return *static_cast<Vfs*>(vfs->pAppData); }
sqlite3_vfs* default_vfs() { return sqlite3_vfs_find(nullptr); }

/// The VFS that opens one of its files in this thread at the moment; null where none does.
thread_local Vfs* opening = nullptr;

/// Replaces open(2) for SQLite, and differs from it only while one of our connections opens a file of its own. SQLite
/// has no other way to state how a file is opened, or to check the descriptor before it is used.
int open_for_sqlite(const char* path, int flags, int mode) {
  if (opening != nullptr) return opening->open_descriptor(path, flags, static_cast<unsigned>(mode));
  return ::open(path, flags, static_cast<mode_t>(mode));
}

/// Replaces open(2) once, since SQLite has one table of system calls for the whole process.
bool open_is_replaced() {
  static const bool done = [] {
    sqlite3_vfs* under = default_vfs();
    return under != nullptr && under->iVersion >= 3 && under->xSetSystemCall != nullptr &&
           under->xSetSystemCall(under, "open", reinterpret_cast<sqlite3_syscall_ptr>(&open_for_sqlite)) == SQLITE_OK;
  }();
  return done;
}

// The functions that the connection calls. Calls on an open file, and the rest, go to the VFS of SQLite itself.

int vfs_open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* opened) {
  return self(vfs).open_file(name, file, flags, opened);
}
int vfs_delete(sqlite3_vfs* vfs, const char* name, int sync_folder) { return self(vfs).delete_file(name, sync_folder); }
int vfs_access(sqlite3_vfs* vfs, const char* name, int, int* found) { return self(vfs).look_for(name, found); }
/// There is one name, and it is a full path already.
int vfs_full_pathname(sqlite3_vfs* vfs, const char*, int size, char* out) {
  const std::string& path = self(vfs).path();
  if (path.size() >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, path.c_str(), path.size() + 1);
  return SQLITE_OK;
}
void* vfs_load_library(sqlite3_vfs*, const char*) { return nullptr; }
void vfs_library_error(sqlite3_vfs*, int size, char* out) {
  if (size > 0) *out = '\0';
}
int vfs_randomness(sqlite3_vfs*, int size, char* out) { return default_vfs()->xRandomness(default_vfs(), size, out); }
int vfs_sleep(sqlite3_vfs*, int microseconds) { return default_vfs()->xSleep(default_vfs(), microseconds); }
int vfs_time(sqlite3_vfs*, double* out) { return default_vfs()->xCurrentTime(default_vfs(), out); }
int vfs_time_64(sqlite3_vfs*, sqlite3_int64* out) { return default_vfs()->xCurrentTimeInt64(default_vfs(), out); }
int vfs_last_error(sqlite3_vfs*, int size, char* out) { return default_vfs()->xGetLastError(default_vfs(), size, out); }

}  // namespace

Result<std::unique_ptr<Vfs>> Vfs::make(std::string path) {
  if (!open_is_replaced()) return fail(Code::unexpected, "SQLite has no file system interface for Unix");
  return std::unique_ptr<Vfs>(new Vfs(std::move(path), default_vfs()));
}

Result<std::unique_ptr<Vfs>> Vfs::of_database(std::string path) { return make(std::move(path)); }
Result<std::unique_ptr<Vfs>> Vfs::of_scratch() { return make({}); }

Vfs::Vfs(std::string path, sqlite3_vfs* under)
    : path_(std::move(path)),
      journal_(path_ + "-journal"),
      wal_(path_ + "-wal"),
      under_(under),
      registered_(std::make_unique<sqlite3_vfs>()) {
  static std::atomic<std::uint64_t> count = 0;
  name_ = "airlock-" + std::to_string(++count);
  *registered_ = {};
  registered_->iVersion = 2;
  registered_->szOsFile = under_->szOsFile;
  registered_->mxPathname = under_->mxPathname;
  registered_->zName = name_.c_str();
  registered_->pAppData = this;
  registered_->xOpen = vfs_open;
  registered_->xDelete = vfs_delete;
  registered_->xAccess = vfs_access;
  registered_->xFullPathname = vfs_full_pathname;
  registered_->xDlOpen = vfs_load_library;
  registered_->xDlError = vfs_library_error;
  registered_->xRandomness = vfs_randomness;
  registered_->xSleep = vfs_sleep;
  registered_->xCurrentTime = vfs_time;
  registered_->xGetLastError = vfs_last_error;
  registered_->xCurrentTimeInt64 = vfs_time_64;
}

Vfs::~Vfs() = default;

bool is_forbidden(const std::string& path, FileAccess access) {
  return ::access(path.c_str(), access == FileAccess::read ? R_OK : W_OK) != 0 && errno == EACCES;
}

int Vfs::open(int flags, sqlite3** handle) {
  // Registered only while this connection is opened, so that no other connection can use this VFS.
  if (const int code = sqlite3_vfs_register(registered_.get(), 0); code != SQLITE_OK) return code;
  const int code = sqlite3_open_v2(path_.c_str(), handle, flags | SQLITE_OPEN_EXRESCODE, name_.c_str());
  sqlite3_vfs_unregister(registered_.get());
  return code;
}

std::optional<core::Error> Vfs::refusal(sqlite3* handle) {
  sqlite3_vfs* vfs = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_VFS_POINTER, static_cast<void*>(&vfs)) != SQLITE_OK) return {};
  return vfs != nullptr && vfs->xOpen == vfs_open ? self(vfs).refusal_ : std::nullopt;
}

int Vfs::refuse(const std::string& name, const std::string& why, const char* hint) {
  refusal_ = core::Error{Code::integrity, core::quote(name) + ": " + why, hint};
  return refused_code;
}

int Vfs::admit(const std::string& name, const struct ::stat& status) {
  if (!S_ISREG(status.st_mode)) {
    return refuse(name, "is " + std::string(kind_in_words(status.st_mode)) + ", not a regular file", remove_hint);
  }
  // Writing to the journal, and emptying it, would change the file with the other name.
  if (name == journal_ && status.st_nlink > 1) {
    return refuse(name, "has a second name (a hard link)", remove_hint);
  }
  // This check comes before the journal is opened: where root runs SQLite, opening gives the journal the owner of the
  // database.
  if (name == journal_ && status.st_size > 0) {
    struct stat database {};
    constexpr mode_t others_write = S_IWGRP | S_IWOTH;
    if (::lstat(path_.c_str(), &database) != 0) return SQLITE_IOERR_FSTAT;
    if ((status.st_uid != database.st_uid && status.st_uid != 0 && status.st_uid != ::geteuid()) ||
        (status.st_mode & others_write & ~database.st_mode) != 0) {
      return refuse(name, "is writable for users who may not write the database", evidence_hint);
    }
  }
  return SQLITE_OK;
}

int Vfs::open_descriptor(const char* name, int flags, unsigned mode) {
  // SQLite also opens `/dev/null`, where a program has no standard input.
  if (name != path_ && name != journal_) return ::open(name, flags, mode);
  struct stat status {};
  const auto is_admitted = [&] {
    const int code = admit(name, status);
    if (code == refused_code) errno = EPERM;
    return code == SQLITE_OK;
  };
  // The check comes first: opening a device can have an effect, and closing a second name of the database would lose
  // its locks.
  if (::lstat(name, &status) == 0 && !is_admitted()) return -1;
  const int fd = ::open(name, flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode);
  if (fd < 0) return fd;
  if (::fstat(fd, &status) != 0 || !is_admitted()) {
    const int error = errno;
    ::close(fd);
    errno = error;
    return -1;
  }
  return fd;
}

int Vfs::open_file(const char* name, sqlite3_file* file, int flags, int* opened) {
  file->pMethods = nullptr;
  if (path_.empty()) {
    if (name == nullptr && (flags & SQLITE_OPEN_TEMP_DB) != 0) return under_->xOpen(under_, name, file, flags, opened);
    return refuse("scratch space", "needs a second file", "");
  }
  if ((flags & SQLITE_OPEN_WAL) != 0) {
    return refuse(
        path_, "is in WAL mode, which Airlock never uses",
        "another program has changed it: restore it from a backup, or run `PRAGMA journal_mode = DELETE` in sqlite3");
  }
  const bool is_journal = (flags & SQLITE_OPEN_MAIN_JOURNAL) != 0 && name != nullptr && name == journal_;
  const bool is_database = (flags & SQLITE_OPEN_MAIN_DB) != 0 && name != nullptr && name == path_;
  if (!is_journal && !is_database)
    return refuse(path_, "makes SQLite open a file other than its journal", evidence_hint);
  refusal_.reset();
  opening = this;
  int code = under_->xOpen(under_, name, file, flags, opened);
  opening = nullptr;
  if (code == SQLITE_OK && is_journal) {
    code = check_journal(file);
    if (code != SQLITE_OK) {
      file->pMethods->xClose(file);
      file->pMethods = nullptr;
    }
  }
  return refusal_ ? refused_code : code;
}

int Vfs::check_journal(sqlite3_file* file) {
  sqlite3_int64 size = 0;
  if (const int code = file->pMethods->xFileSize(file, &size); code != SQLITE_OK) return code;
  if (size == 0) return SQLITE_OK;
  const auto read = [&](void* into, sqlite3_int64 bytes, sqlite3_int64 at) {
    return file->pMethods->xRead(file, into, static_cast<int>(bytes), at);
  };
  std::array<unsigned char, tail_bytes> tail{};
  if (size >= tail_bytes) {
    if (const int code = read(tail.data(), tail_bytes, size - tail_bytes); code != SQLITE_OK) return code;
  }
  const auto named = std::int64_t{big_endian(tail, 0)};
  if (std::equal(journal_magic.begin(), journal_magic.end(), tail.begin() + 8) && named > 0 &&
      named <= size - tail_bytes) {
    std::string target(static_cast<std::size_t>(std::min(named, shown_bytes)), '\0');
    if (const int code = read(target.data(), static_cast<sqlite3_int64>(target.size()), size - tail_bytes - named);
        code != SQLITE_OK) {
      return code;
    }
    return refuse(journal_,
                  "names " + core::quote(target) +
                      " as a super-journal, which SQLite would delete; Airlock's journals never name one",
                  evidence_hint);
  }
  std::array<unsigned char, header_bytes> header{};
  if (size < header_bytes) return SQLITE_OK;
  if (const int code = read(header.data(), header_bytes, 0); code != SQLITE_OK) return code;
  if (!std::equal(journal_magic.begin(), journal_magic.end(), header.begin())) return SQLITE_OK;
  const std::uint32_t page = big_endian(header, page_size_at);
  if (page != 0 && (page < smallest_page || page > largest_page || !std::has_single_bit(page))) return SQLITE_OK;
  struct stat database {};
  if (::lstat(path_.c_str(), &database) != 0) return SQLITE_IOERR_FSTAT;
  // Every page of the old database is in the file or in the journal. SQLite would make the file as large as the
  // journal asks.
  const std::uint64_t before = std::uint64_t{big_endian(header, pages_at)} * (page == 0 ? largest_page : page);
  if (before > static_cast<std::uint64_t>(database.st_size) + static_cast<std::uint64_t>(size)) {
    return refuse(journal_, "does not belong to this database, which never had " + std::to_string(before) + " bytes",
                  evidence_hint);
  }
  return SQLITE_OK;
}

int Vfs::delete_file(const char* name, int sync_folder) {
  if (path_.empty() || name != journal_) {
    return refuse(journal_, "makes SQLite delete " + core::quote(name), evidence_hint);
  }
  return under_->xDelete(under_, name, sync_folder);
}

int Vfs::look_for(const char* name, int* found) {
  *found = 0;
  const bool is_journal = name == journal_;
  if (path_.empty() || (!is_journal && name != wal_)) {
    return refuse(journal_, "makes SQLite look for " + core::quote(name), evidence_hint);
  }
  struct stat status {};
  if (::lstat(name, &status) != 0) return errno == ENOENT ? SQLITE_OK : SQLITE_IOERR_ACCESS;
  if (!is_journal) {
    return refuse(wal_, "exists, but Airlock's databases have no write-ahead log", evidence_hint);
  }
  if (const int code = admit(journal_, status); code != SQLITE_OK) return code;
  // An empty journal counts as no journal, as in the VFS of SQLite itself.
  *found = status.st_size > 0 ? 1 : 0;
  return SQLITE_OK;
}

}  // namespace airlock::db
