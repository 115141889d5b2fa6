#include "sys/drop.hpp"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <system_error>

#include "core/text.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::quote;
using core::Result;

tl::unexpected<core::Error> drop_error(const std::string& path, const std::string& doing) {
  const Code code = errno == EACCES || errno == EPERM ? Code::refused : Code::bad_input;
  return core::fail(code, quote(path) + ": " + doing + ": " + std::generic_category().message(errno));
}

/// Whether some process has the file open for writing. Only its owner, and root, may ask; for others: no.
bool is_open_for_writing(const std::string& path) {
  const Descriptor fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (fd.get() < 0) return false;
  const bool refused = ::fcntl(fd.get(), F_SETLEASE, F_RDLCK) != 0 && errno == EAGAIN;
  (void)::fcntl(fd.get(), F_SETLEASE, F_UNLCK);
  return refused;
}

}  // namespace

Drop look_at_drop(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return Drop::gone;
  if (!S_ISREG(status.st_mode)) return Drop::not_a_file;
  if (status.st_nlink != 1) return Drop::linked;
  // The inode's change time: nobody can set it, and a rename sets it too. One in the future is a clock set back.
  const auto age = ::time(nullptr) - status.st_ctime;
  if (age >= 0 && age <= drop_settle_seconds) return Drop::unsettled;
  return is_open_for_writing(path) ? Drop::unsettled : Drop::ready;
}

Result<void> rename_drop(const std::string& from, const std::string& to) {
  if (::syscall(SYS_renameat2, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) != 0) {
    return drop_error(from, "claim");
  }
  return {};
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

bool DroppedFile::unchanged() const {
  const auto mark = mark_of(fd_.get());
  return mark && *mark == mark_;
}

}  // namespace airlock::sys
