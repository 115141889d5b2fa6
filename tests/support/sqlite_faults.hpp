#pragma once
/// \file
/// While one of these lives, SQLite's changes of files are counted by a fake world and fail in turn with all others.
/// SQLite has one table of system calls for the whole process (sqlite.org/c3ref/vfs.html), so there may be only one.
/// It has no entry for fsync(2): a sync that fails leaves what the write before it left.

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "fake_world.hpp"

namespace airlock::test {

class SqliteFaults {
 public:
  enum class Counted : std::uint8_t {
    all,
    commits,  ///< only what ends a transaction: the journal is emptied or removed
  };
  SqliteFaults(const FakeWorld& world, Counted counted) {
    counts = &world;
    writes_count = counted == Counted::all;
    set("pwrite", reinterpret_cast<sqlite3_syscall_ptr>(&write_at));
    set("pwrite64", reinterpret_cast<sqlite3_syscall_ptr>(&write_at));
    set("ftruncate", reinterpret_cast<sqlite3_syscall_ptr>(&truncate));
    set("unlink", reinterpret_cast<sqlite3_syscall_ptr>(&remove));
  }
  SqliteFaults(const SqliteFaults&) = delete;
  SqliteFaults& operator=(const SqliteFaults&) = delete;
  ~SqliteFaults() {
    for (const char* const name : {"pwrite", "pwrite64", "ftruncate", "unlink"}) set(name, nullptr);
    counts = nullptr;
  }

 private:
  inline static const FakeWorld* counts = nullptr;
  inline static bool writes_count = false;

  static void set(const char* name, sqlite3_syscall_ptr call) {
    sqlite3_vfs* const vfs = sqlite3_vfs_find(nullptr);
    vfs->xSetSystemCall(vfs, name, call);
  }
  /// Makes `call` unless it fails in turn.
  template <typename Call>
  static auto meet(Call call) {
    const Fault met = counts->meet();
    const auto made = met == Fault::none || met == Fault::after ? call() : -1;
    if (met == Fault::none) return made;
    errno = ENOSPC;
    return decltype(made){-1};
  }
  static ssize_t write_at(int fd, const void* bytes, size_t size, off_t at) {
    if (!writes_count && !counts->crashed()) return ::pwrite(fd, bytes, size, at);
    return meet([&] { return ::pwrite(fd, bytes, size, at); });
  }
  static int truncate(int fd, off_t size) {
    return meet([&] { return ::ftruncate(fd, size); });
  }
  static int remove(const char* path) {
    return meet([&] { return ::unlink(path); });
  }
};

}  // namespace airlock::test
