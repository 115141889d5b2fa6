/// \file
/// A library to preload: it lets the n-th file operation of a program fail. SQLite's VFS and `lib/sys` both reach the
/// system through the functions below, so both are hit.
///
/// What to do is in the file that `AIRLOCK_FAULTS` names, laid out as `Plan`; it is mapped when the library is loaded,
/// so that a worker that has cleared its environment and closed its descriptors still counts, as do all processes of
/// one run together. Only what concerns files below `Plan::root` counts.
///
/// Not seen: what glibc does inside itself (`fopen`, `opendir`), and calls made through `syscall`. For those there is
/// strace.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>

// Linux promises these numbers and arguments; going round glibc needs no look-up of what this library stands in front
// of.

namespace {

/// What an operation is. A plan chooses among them with a mask.
enum Kind : std::uint32_t {
  create = 1U << 0,
  open_there = 1U << 1,
  write_bytes = 1U << 2,
  sync_file = 1U << 3,
  resize = 1U << 4,
  link_name = 1U << 5,
  rename_name = 1U << 6,
  unlink_name = 1U << 7,
  read_bytes = 1U << 8,
  lock = 1U << 9,
  look = 1U << 10,
  mode_bits = 1U << 11,
  sync_folder = 1U << 12,
  /// SQLite's commit is that it empties the journal: where this fails it has not happened.
  commit_truncate = 1U << 13,
  /// The sync after it: where this fails it has happened.
  commit_sync = 1U << 14,
};
constexpr std::size_t kinds = 15;

enum Mode : std::uint32_t {
  once = 0,
  from_then_on = 1,
  /// A write takes half, once.
  short_once = 2,
  /// A write takes half, and whatever is chosen fails from then on: a disk that becomes full.
  short_then_fail = 3,
  /// The n-th, and every `period`-th after it: also what tidies up after a failure meets one.
  again = 4,
};

/// tests/cli/faults.py writes and reads it.
struct Plan {
  std::uint32_t mask;
  std::uint32_t mode;
  std::int32_t error;
  std::uint32_t period;
  std::uint64_t nth;  ///< 0: nothing fails
  std::atomic<std::uint64_t> count;
  std::atomic<std::uint64_t> hit;
  std::array<std::atomic<std::uint64_t>, kinds> counts;
  std::array<std::atomic<std::uint64_t>, kinds> hits;
  std::atomic<std::uint64_t> journal_emptied;
  std::array<char, 512> root;  ///< a folder
};
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

Plan* plan = nullptr;
std::string_view root;
dev_t device = 0;
std::array<std::atomic<bool>, 1024> journals;  ///< by descriptor

bool below_root(const char* path) {
  const std::string_view name(path == nullptr ? "" : path);
  return name.size() >= root.size() && name.substr(0, root.size()) == root;
}

/// Files and folders of the file system on which the root is; nothing else of it is open in these programs.
bool is_counted(int fd, bool& folder) {
  struct stat status {};
  if (::syscall(SYS_fstat, fd, &status) != 0 || status.st_dev != device) return false;
  folder = S_ISDIR(status.st_mode);
  return folder || S_ISREG(status.st_mode);
}

enum class Fate : std::uint8_t { works, is_short, fails };

Fate fate_of(std::uint32_t kind) {
  if (plan == nullptr) return Fate::works;
  for (std::size_t bit = 0; bit < kinds; ++bit) {
    if ((kind >> bit & 1U) != 0) ++plan->counts[bit];
  }
  if ((kind & plan->mask) == 0) return Fate::works;
  const std::uint64_t number = ++plan->count;
  if (plan->nth == 0 || number < plan->nth) return Fate::works;
  const bool first = number == plan->nth;
  const bool persistent = plan->mode == from_then_on || plan->mode == short_then_fail;
  const bool once_more = plan->mode == again && (number - plan->nth) % plan->period == 0;
  if (!first && !persistent && !once_more) return Fate::works;
  const bool is_short = first && (plan->mode == short_once || plan->mode == short_then_fail);
  if (is_short && (kind & write_bytes) == 0) return Fate::works;
  ++plan->hit;
  for (std::size_t bit = 0; bit < kinds; ++bit) {
    if ((kind >> bit & 1U) != 0) ++plan->hits[bit];
  }
  return is_short ? Fate::is_short : Fate::fails;
}

bool fails(std::uint32_t kind) {
  if (fate_of(kind) != Fate::fails) return false;
  errno = plan->error;
  return true;
}

bool path_fails(const char* path, std::uint32_t kind) { return plan != nullptr && below_root(path) && fails(kind); }

bool file_fails(int fd, std::uint32_t kind) {
  bool folder = false;
  return plan != nullptr && is_counted(fd, folder) && fails(kind);
}

int open_at(int folder, const char* path, int flags, mode_t mode) {
  const bool creates = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  if (path_fails(path, creates ? create : open_there)) return -1;
  const auto fd = static_cast<int>(::syscall(SYS_openat, folder, path, flags, mode));
  if (fd >= 0 && static_cast<std::size_t>(fd) < journals.size()) {
    journals[static_cast<std::size_t>(fd)] = below_root(path) && std::string_view(path).ends_with("-journal");
  }
  return fd;
}

bool is_journal(int fd) {
  return fd >= 0 && static_cast<std::size_t>(fd) < journals.size() && journals[static_cast<std::size_t>(fd)];
}

int unlink_at(int folder, const char* path, int flags) {
  if (path_fails(path, unlink_name)) return -1;
  return static_cast<int>(::syscall(SYS_unlinkat, folder, path, flags));
}

int truncate_to(int fd, off_t size) {
  const bool commits = plan != nullptr && size == 0 && is_journal(fd);
  if (file_fails(fd, commits ? resize | commit_truncate : resize)) return -1;
  const auto done = static_cast<int>(::syscall(SYS_ftruncate, fd, size));
  if (commits && done == 0) plan->journal_emptied = 1;
  return done;
}

int sync(int fd, long call) {
  bool folder = false;
  if (plan != nullptr && is_counted(fd, folder)) {
    std::uint32_t kind = folder ? sync_folder : sync_file;
    if (is_journal(fd) && plan->journal_emptied.exchange(0) != 0) kind |= commit_sync;
    if (fails(kind)) return -1;
  }
  return static_cast<int>(::syscall(call, fd));
}

/// How many of `size` bytes may be written; -1: none, and errno says why.
ssize_t may_write(int fd, std::size_t size) {
  bool folder = false;
  if (plan == nullptr || !is_counted(fd, folder)) return static_cast<ssize_t>(size);
  switch (fate_of(write_bytes)) {
    case Fate::works:
      return static_cast<ssize_t>(size);
    case Fate::is_short:
      return static_cast<ssize_t>(size > 1 ? size / 2 : size);
    case Fate::fails:
      break;
  }
  errno = plan->error;
  return -1;
}

__attribute__((constructor)) void load() {
  const char* path = std::getenv("AIRLOCK_FAULTS");
  if (path == nullptr) return;
  const auto fd = static_cast<int>(::syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC));
  if (fd < 0) std::abort();
  void* mapped = ::mmap(nullptr, sizeof(Plan), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::syscall(SYS_close, fd);
  if (mapped == MAP_FAILED) std::abort();
  auto* loaded = static_cast<Plan*>(mapped);
  root = std::string_view(loaded->root.data(), ::strnlen(loaded->root.data(), loaded->root.size()));
  struct stat status {};
  if (::syscall(SYS_newfstatat, AT_FDCWD, loaded->root.data(), &status, 0) != 0) std::abort();
  device = status.st_dev;
  plan = loaded;
}

}  // namespace

extern "C" {

#define AIRLOCK_MODE(flags, mode)                                   \
  mode_t mode = 0;                                                  \
  if (((flags)&O_CREAT) != 0 || ((flags)&O_TMPFILE) == O_TMPFILE) { \
    va_list rest;                                                   \
    va_start(rest, flags);                                          \
    mode = va_arg(rest, mode_t);                                    \
    va_end(rest);                                                   \
  }

int open(const char* path, int flags, ...) {
  AIRLOCK_MODE(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}
int open64(const char* path, int flags, ...) {
  AIRLOCK_MODE(flags, mode)
  return open_at(AT_FDCWD, path, flags, mode);
}
int openat(int folder, const char* path, int flags, ...) {
  AIRLOCK_MODE(flags, mode)
  return open_at(folder, path, flags, mode);
}
int openat64(int folder, const char* path, int flags, ...) {
  AIRLOCK_MODE(flags, mode)
  return open_at(folder, path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  const ssize_t most = may_write(fd, size);
  return most < 0 ? -1 : ::syscall(SYS_write, fd, bytes, most);
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  const ssize_t most = may_write(fd, size);
  return most < 0 ? -1 : ::syscall(SYS_pwrite64, fd, bytes, most, offset);
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) { return pwrite(fd, bytes, size, offset); }

ssize_t read(int fd, void* into, size_t size) {
  return file_fails(fd, read_bytes) ? -1 : ::syscall(SYS_read, fd, into, size);
}
ssize_t pread(int fd, void* into, size_t size, off_t offset) {
  return file_fails(fd, read_bytes) ? -1 : ::syscall(SYS_pread64, fd, into, size, offset);
}
ssize_t pread64(int fd, void* into, size_t size, off64_t offset) { return pread(fd, into, size, offset); }

int fsync(int fd) { return sync(fd, SYS_fsync); }
int fdatasync(int fd) { return sync(fd, SYS_fdatasync); }

int ftruncate(int fd, off_t size) noexcept { return truncate_to(fd, size); }
int ftruncate64(int fd, off64_t size) noexcept { return truncate_to(fd, size); }
int posix_fallocate(int fd, off_t offset, off_t size) {
  if (file_fails(fd, resize)) return plan->error;
  return ::syscall(SYS_fallocate, fd, 0, offset, size) == 0 ? 0 : errno;
}
int posix_fallocate64(int fd, off64_t offset, off64_t size) { return posix_fallocate(fd, offset, size); }

int link(const char* from, const char* to) noexcept {
  if (path_fails(to, link_name)) return -1;
  return static_cast<int>(::syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int rename(const char* from, const char* to) noexcept {
  if (path_fails(to, rename_name)) return -1;
  return static_cast<int>(::syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int unlink(const char* path) noexcept { return unlink_at(AT_FDCWD, path, 0); }
int unlinkat(int folder, const char* path, int flags) noexcept { return unlink_at(folder, path, flags); }

int fchmod(int fd, mode_t mode) noexcept {
  return file_fails(fd, mode_bits) ? -1 : static_cast<int>(::syscall(SYS_fchmod, fd, mode));
}

#define AIRLOCK_LOCK(fd, command, argument)                                           \
  va_list rest;                                                                       \
  va_start(rest, command);                                                            \
  void* argument = va_arg(rest, void*);                                               \
  va_end(rest);                                                                       \
  if ((command == F_SETLK || command == F_SETLKW) && file_fails(fd, lock)) return -1; \
  return static_cast<int>(::syscall(SYS_fcntl, fd, command, argument));

int fcntl(int fd, int command, ...) { AIRLOCK_LOCK(fd, command, argument) }
int fcntl64(int fd, int command, ...) { AIRLOCK_LOCK(fd, command, argument) }
int flock(int fd, int what) noexcept {
  return file_fails(fd, lock) ? -1 : static_cast<int>(::syscall(SYS_flock, fd, what));
}

int stat(const char* path, struct stat* into) noexcept {
  return path_fails(path, look) ? -1 : static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, into, 0));
}
int lstat(const char* path, struct stat* into) noexcept {
  if (path_fails(path, look)) return -1;
  return static_cast<int>(::syscall(SYS_newfstatat, AT_FDCWD, path, into, AT_SYMLINK_NOFOLLOW));
}
int fstat(int fd, struct stat* into) noexcept {
  return file_fails(fd, look) ? -1 : static_cast<int>(::syscall(SYS_fstat, fd, into));
}
// On 64-bit Linux the two have one layout.
int stat64(const char* path, struct stat64* into) noexcept { return stat(path, reinterpret_cast<struct stat*>(into)); }
int lstat64(const char* path, struct stat64* into) noexcept {
  return lstat(path, reinterpret_cast<struct stat*>(into));
}
int fstat64(int fd, struct stat64* into) noexcept { return fstat(fd, reinterpret_cast<struct stat*>(into)); }
int access(const char* path, int how) noexcept {
  return path_fails(path, look) ? -1 : static_cast<int>(::syscall(SYS_faccessat, AT_FDCWD, path, how));
}
}
