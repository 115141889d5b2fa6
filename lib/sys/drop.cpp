#include "sys/drop.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "core/text.hpp"
#include "sys/names.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::quote;
using core::Result;

tl::unexpected<core::Error> drop_error(const std::string& path, const std::string& doing) {
  const bool may_not = errno == EACCES || errno == EPERM;
  return core::fail(may_not ? Code::unexpected : Code::bad_input,
                    quote(path) + ": " + doing + ": " + core::lower_first(std::generic_category().message(errno)),
                    may_not ? "let the product make it readable for the user that runs Airlock" : "");
}

/// Whether some process has the file open for writing. Only its owner and root may ask; for others this is false.
bool is_open_for_writing(int fd) {
  // While we hold the lease, a process that opens the file for writing causes SIGIO, which would end this process.
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  ::sigaction(SIGIO, &ignore, &before);
  const bool refused = ::fcntl(fd, F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  (void)::fcntl(fd, F_SETLEASE, F_UNLCK);
  ::sigaction(SIGIO, &before, nullptr);
  return refused;
}

/// Whether the name still leads to the open file, and the file has no other name.
bool is_only_name(const std::string& path, const struct stat& opened) {
  struct stat now {};
  return ::lstat(path.c_str(), &now) == 0 && S_ISREG(now.st_mode) && now.st_nlink == 1 && now.st_dev == opened.st_dev &&
         now.st_ino == opened.st_ino;
}

std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

}  // namespace

Drop look_at_drop(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return Drop::gone;
  if (!S_ISREG(status.st_mode)) return Drop::not_a_file;
  if (status.st_nlink != 1) return Drop::linked;
  // The change time of the inode: no program can choose it, and a rename sets it too. Where it is in the future, the
  // clock was set back.
  const auto age = ::time(nullptr) - status.st_ctime;
  if (age >= 0 && age <= drop_settle_seconds) return Drop::unsettled;
  return Drop::ready;
}

bool is_same_file(const std::string& a, const std::string& b) {
  struct stat first {};
  struct stat second {};
  return ::lstat(a.c_str(), &first) == 0 && ::lstat(b.c_str(), &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

Result<void> rename_drop(const std::string& from, const std::string& to, const World& world) {
  AIRLOCK_CHECK(rename_new(from, to, world));
  AIRLOCK_CHECK(sync_directory(folder_of(to), world));
  // Without this sync a power failure could bring back the first name, and the report would be recorded twice.
  return sync_directory(folder_of(from), world);
}

Result<TakeResult> take_drop(const std::string& from, const std::string& to, const World& world) {
  struct stat status {};
  if (::lstat(from.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return TakeResult::not_now;
  const Descriptor fd{::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (fd.get() < 0) {
    if (errno == ENOENT || errno == ELOOP) return TakeResult::not_now;
    return drop_error(from, "open");
  }
  if (::fstat(fd.get(), &status) != 0 || !is_only_name(from, status)) return TakeResult::not_now;
  if (is_open_for_writing(fd.get())) return TakeResult::not_now;
  AIRLOCK_CHECK(rename_drop(from, to, world));
  // Up to the rename others could put another file under the name. From then on only a process that has the file open
  // can change it.
  return is_only_name(to, status) && !is_open_for_writing(fd.get()) ? TakeResult::yes : TakeResult::another;
}

std::optional<DroppedFile::Mark> DroppedFile::mark_of(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return std::nullopt;
  return Mark{status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec,
              status.st_ctim.tv_nsec};
}

Result<DroppedFile> DroppedFile::open(const std::string& path) {
  Descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (fd.get() < 0) return drop_error(path, "open");
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_nlink != 1) {
    return core::fail(Code::bad_input, quote(path) + ": is not a regular file with one name");
  }
  const auto mark = mark_of(fd.get());
  if (!mark) return drop_error(path, "look at");
  return DroppedFile(std::move(fd), path, *mark);
}

Result<std::size_t> DroppedFile::read(std::span<char> into) {
  ssize_t got = 0;
  do {
    got = ::read(fd_.get(), into.data(), into.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return drop_error(path_, "read");
  return static_cast<std::size_t>(got);
}

Result<bool> DroppedFile::unchanged() const {
  const auto mark = mark_of(fd_.get());
  if (!mark)
    return core::fail(core::Code::not_recorded, core::quote(path_) + ": cannot be looked at",
                      "check the disk and run again");
  return *mark == mark_;
}

}  // namespace airlock::sys
