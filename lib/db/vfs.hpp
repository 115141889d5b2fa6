#pragma once
/// \file
/// The way of SQLite to the disk, one for each connection: a thin VFS (sqlite.org/vfs.html) over that of SQLite itself.
/// It lets SQLite open its database and the rollback journal of that database, and nothing else: no super-journal, no
/// `-wal`, no `-shm`, no attached and no temporary file. It lets SQLite delete nothing except the journal. For the
/// source files of db/ only.
///
/// The reason: SQLite trusts a journal. When it plays a journal back, it deletes the file that the tail of the journal
/// names as its super-journal, whoever wrote that name (pager.c, `pager_playback`). A user who may write the journal
/// could so delete any file of the user who opens the database next. This VFS therefore opens both files only where
/// they are regular files, never through a symbolic link, and never in a way that can block. It opens a journal only
/// where the journal
/// - names no super-journal,
/// - has no second name (hard link),
/// - belongs to the owner of the database, and
/// - does not ask for more pages than there were.
///
/// A refusal is kept as an error that names the file. SQLite itself reports only `refused_code`.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct sqlite3;
struct sqlite3_file;
struct sqlite3_vfs;
struct stat;

namespace airlock::db {

using core::Result;

/// An extended code of SQLITE_CORRUPT that SQLite does not use: this VFS refused a file. `Vfs::refusal` has the error.
inline constexpr int refused_code = 11 | 200 << 8;

/// Whether permissions forbid this user to read the file at `path`, or to write it.
enum class FileAccess : std::uint8_t { read, write };
[[nodiscard]] bool is_forbidden(const std::string& path, FileAccess access);

class Vfs {
 public:
  /// For the database at `path`, an absolute path. Error: unexpected where SQLite has no VFS for Unix.
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> of_database(std::string path);
  /// For a database without a name in the folder of SQLite for temporary files. It is gone with its connection.
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> of_scratch();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  ~Vfs();

  /// The absolute path of the database; empty for scratch space.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// Calls `sqlite3_open_v2` with this VFS, and returns its code. The VFS must outlive `handle`.
  [[nodiscard]] int open(int flags, sqlite3** handle);
  /// The newest refusal of the VFS of `handle`.
  [[nodiscard]] static std::optional<core::Error> refusal(sqlite3* handle);
  [[nodiscard]] const std::optional<core::Error>& refusal() const { return refusal_; }

  // For the functions in vfs.cpp that SQLite calls. Each returns a code of SQLite, `open_descriptor` a descriptor.
  [[nodiscard]] int open_file(const char* name, sqlite3_file* file, int flags, int* opened);
  [[nodiscard]] int delete_file(const char* name, int sync_folder);
  [[nodiscard]] int look_for(const char* name, int* found);
  [[nodiscard]] int open_descriptor(const char* name, int flags, unsigned mode);

 private:
  explicit Vfs(std::string path, sqlite3_vfs* under);
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> make(std::string path);
  /// Whether a file with this status may be opened as `name`: SQLITE_OK or `refused_code`. SQLITE_IOERR_FSTAT, with
  /// `errno`, where the system gives no answer.
  [[nodiscard]] int admit(const std::string& name, const struct ::stat& status);
  /// Checks the parts of an open journal that SQLite would trust.
  [[nodiscard]] int check_journal(sqlite3_file* file);
  int refuse(const std::string& name, const std::string& why, const char* hint);

  std::string path_;
  std::string journal_;
  std::string wal_;
  std::string name_;
  sqlite3_vfs* under_;
  std::unique_ptr<sqlite3_vfs> registered_;
  std::optional<core::Error> refusal_;
};

}  // namespace airlock::db
