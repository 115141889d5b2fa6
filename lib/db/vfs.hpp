#pragma once
/// \file
/// SQLite's door to the disk, one for each connection: a thin VFS (sqlite.org/vfs.html) over SQLite's own. Through it
/// SQLite reaches the database that it was made for and that database's rollback journal, and nothing else: no
/// super-journal, no `-wal`, no `-shm`, no attached or temporary file, and it deletes nothing but its journal. For the
/// source files of db/ only.
///
/// Why: SQLite believes a journal. When it plays one back it deletes the file that the journal's tail names as its
/// super-journal, whoever wrote that name (pager.c, `pager_playback`). Whoever may write the journal could so have any
/// file deleted by whoever opens the database next. Both files are therefore opened only if they are regular files,
/// never through a symbolic link and never in a way that waits; a journal is opened only if it names no super-journal,
/// has one name, is of the database's owner, and does not ask for more pages than there were.
///
/// What was refused is kept as an error that names the file; SQLite itself reports only `refused_code`.

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

/// Whether permissions forbid this user to read the file at `path`, or to write it.
enum class Access : std::uint8_t { read, write };
[[nodiscard]] bool is_forbidden(const std::string& path, Access access);

class Vfs {
 public:
  /// For the database at `path`, which must be absolute. Error: unexpected where SQLite has no VFS for Unix.
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> of_database(std::string path);
  /// For one database without a name, in SQLite's folder for temporary files, gone with its connection.
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> of_scratch();
  Vfs(const Vfs&) = delete;
  Vfs& operator=(const Vfs&) = delete;
  ~Vfs();

  /// The database's absolute path; empty for scratch.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// `sqlite3_open_v2` with this VFS, which must live longer than `handle`. Returns SQLite's code.
  [[nodiscard]] int open(int flags, sqlite3** handle);
  /// What the VFS of `handle` refused last.
  [[nodiscard]] static std::optional<core::Error> refusal(sqlite3* handle);
  [[nodiscard]] const std::optional<core::Error>& refusal() const { return refusal_; }

  // What follows is for the functions that SQLite calls, in vfs.cpp.
  [[nodiscard]] int open_file(const char* name, sqlite3_file* file, int flags, int* opened);
  [[nodiscard]] int delete_file(const char* name, int sync_folder);
  [[nodiscard]] int look_for(const char* name, int* found);
  [[nodiscard]] int open_descriptor(const char* name, int flags, unsigned mode);

 private:
  explicit Vfs(std::string path, sqlite3_vfs* under);
  [[nodiscard]] static Result<std::unique_ptr<Vfs>> make(std::string path);
  /// Whether what has this status may be opened as `name`: SQLITE_OK or `refused_code`; SQLITE_IOERR_FSTAT, with
  /// `errno`, where nobody can tell.
  [[nodiscard]] int admit(const std::string& name, const struct ::stat& status);
  /// Reads what SQLite would believe of an open journal.
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
