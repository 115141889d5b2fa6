#include "sys/read_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.hpp"
#include "sys/file_calls.hpp"
#include "sys/look.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// A regular file that is open for reading, and its attributes.
struct OpenedFile {
  Descriptor fd;
  struct stat status;
};

Result<OpenedFile> open_regular(const std::string& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to must not hang. For a regular file it means nothing.
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); })};
  const int error = errno;
  struct stat status {};
  // A sandbox refuses to open a directory and does not say that it is one. It lets stat(2) through.
  const int looked = fd.get() < 0 ? ::stat(path.c_str(), &status) : ::fstat(fd.get(), &status);
  if (looked == 0 && S_ISDIR(status.st_mode))
    return fail(Code::bad_input, quote(path) + ": is a directory, not a file");
  if (fd.get() < 0) return fail_errno(path, opening, error);
  if (looked != 0) return fail_errno(path, looking);
  if (!S_ISREG(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is not a regular file");
  return OpenedFile{std::move(fd), status};
}

Result<std::string> read_opened(const OpenedFile& file, const std::string& path, std::uint64_t limit) {
  const auto size = static_cast<std::uint64_t>(file.status.st_size);
  if (size > limit) {
    return fail(Code::bad_input, quote(path) + ": is larger than " + std::to_string(limit) + " bytes");
  }
  // Asks for one byte more than the file has, to notice a file that grows meanwhile.
  std::string out(static_cast<std::size_t>(size) + 1, '\0');
  AIRLOCK_TRY(const std::size_t got, read_some_at(file.fd.get(), 0, out, path));
  if (got != size) return fail(Code::bad_input, quote(path) + ": changed while it was read");
  out.resize(got);
  return out;
}

/// Checks that only `owner` and root can read and change the file, apart from what `shared` lets the group do.
Result<void> check_private(const OpenedFile& file, const std::string& path, unsigned shared, uid_t owner) {
  if ((file.status.st_mode & others_all & ~shared) != 0) {
    return fail(Code::refused, quote(path) + ": users other than its owner can read or change it",
                "check who had access, then `chmod 600` it; if in doubt, replace the key");
  }
  if (file.status.st_uid != owner && file.status.st_uid != 0) {
    return fail(Code::refused, quote(path) + ": belongs to another user", "run as the owner of the site directory");
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(const OpenedFile file, open_regular(path));
  return read_opened(file, path, limit);
}

Result<std::string> read_private_file(const std::string& path, std::uint64_t limit) {
  AIRLOCK_TRY(const OpenedFile file, open_regular(path));
  AIRLOCK_CHECK(check_private(file, path, 0, ::geteuid()));
  return read_opened(file, path, limit);
}

Result<std::string> read_shared_file(const std::string& path, const std::string& folder, std::uint64_t limit) {
  AIRLOCK_TRY(const OpenedFile file, open_regular(path));
  struct stat of_folder {};
  if (::stat(folder.c_str(), &of_folder) != 0) return fail_errno(folder, looking);
  const bool shared = (of_folder.st_mode & S_ISGID) != 0 && file.status.st_gid == of_folder.st_gid;
  AIRLOCK_CHECK(check_private(file, path, shared ? S_IRGRP : 0, of_folder.st_uid));
  return read_opened(file, path, limit);
}

Result<std::optional<std::string>> read_root_file(const std::string& path, std::uint64_t limit) {
  for (const std::string& each : {parent_of(path), path}) {
    struct stat status {};
    if (::lstat(each.c_str(), &status) != 0) {
      if (errno == ENOENT) return std::nullopt;
      return fail_errno(each, looking);
    }
    const bool expected = each == path ? S_ISREG(status.st_mode) : S_ISDIR(status.st_mode);
    if (expected && status.st_uid == 0 && (status.st_mode & others_write) == 0) continue;
    return fail(Code::refused,
                quote(each) + ": is not " + (each == path ? "a regular file" : "a folder") +
                    " that belongs to root and only root can write",
                "`chown root:root " + each + "; chmod go-w " + each + "`");
  }
  // Only root can change anything between the checks above and this.
  AIRLOCK_TRY(const OpenedFile file, open_regular(path));
  return read_opened(file, path, limit);
}

void forget_cached(const std::string& path) {
  const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (fd.get() >= 0) (void)::posix_fadvise(fd.get(), 0, 0, POSIX_FADV_DONTNEED);
}

Result<FileBlob> FileBlob::open(const std::string& path) {
  AIRLOCK_TRY(OpenedFile file, open_regular(path));
  const auto size = static_cast<std::uint64_t>(file.status.st_size);
  return FileBlob(std::move(file.fd), path, size);
}

Result<std::size_t> FileBlob::read_at(std::uint64_t offset, std::span<char> into) const {
  return read_some_at(fd_.get(), offset, into, path_);
}

Result<InputSource> InputSource::open(const std::string& path) {
  if (path == "-") {
    Descriptor fd{::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)};
    if (fd.get() < 0) return fail_errno("standard input", opening);
    return InputSource(std::move(fd), "standard input");
  }
  Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_errno(path, looking);
  if (S_ISDIR(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is a directory, not a report");
  return InputSource(std::move(fd), path);
}

Result<std::size_t> InputSource::read(std::span<char> into) {
  const ssize_t got = retry([&] { return ::read(fd_.get(), into.data(), into.size()); });
  if (got < 0) return fail_errno(name_, reading);
  return static_cast<std::size_t>(got);
}

}  // namespace airlock::sys
