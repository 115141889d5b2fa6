#include "sys/write_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/call.hpp"
#include "core/text.hpp"
#include "sys/file_calls.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/world.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::quote;

/// Writes a hidden file beside `path`, complete and durable. The caller gives it its name.
Result<NewFile> write_beside(const std::string& path, std::string_view bytes, unsigned mode, const World& world) {
  const auto name = std::filesystem::path(path).filename().string();
  const std::string hidden = parent_of(path) + "/." + name + "." + random_uuid() + ".tmp";
  AIRLOCK_TRY(NewFile file, NewFile::create(hidden, mode, world));
  AIRLOCK_CHECK(file.write(bytes));
  AIRLOCK_CHECK(file.sync());
  return file;
}

Result<Descriptor> nameless_file(const std::string& directory) {
  Descriptor fd{retry([&] { return ::open(directory.c_str(), O_RDWR | O_TMPFILE | O_CLOEXEC, private_file); })};
  if (fd.get() >= 0) return fd;
  if (errno != EOPNOTSUPP && errno != EISDIR && !core::is_denied(errno)) return fail_errno(directory, scratching);
  // This file system has no O_TMPFILE. Make a file with a name, and remove the name at once.
  const std::string path = directory + "/.spool." + random_uuid();
  Descriptor named{retry([&] { return ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, private_file); })};
  if (named.get() < 0 || ::unlink(path.c_str()) != 0) return fail_errno(directory, scratching);
  return named;
}

}  // namespace

Result<void> create_file(const std::string& path, std::string_view bytes, unsigned mode, const World& world) {
  AIRLOCK_TRY(const NewFile file, write_beside(path, bytes, mode, world));
  AIRLOCK_CHECK(link_file(file.path(), path, world));
  return sync_directory(parent_of(path), world);
}

Result<void> ensure_file(const std::string& path, const std::string& beside, unsigned mode, const World& world) {
  struct stat status {};
  if (::stat(beside.c_str(), &status) != 0) return fail_errno(beside, looking);
  return world.change(path, [&]() -> Result<void> {
    const Descriptor fd{
        retry([&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode); })};
    if (fd.get() < 0) {
      if (errno == EEXIST) return {};
      return fail_errno(path, creating);
    }
    if (::geteuid() == 0 && ::fchown(fd.get(), status.st_uid, status.st_gid) != 0)
      return fail_errno(path, changing_owner);
    return {};
  });
}

Result<void> replace_file(const std::string& path, std::string_view bytes, unsigned mode, const World& world) {
  AIRLOCK_TRY(NewFile file, write_beside(path, bytes, mode, world));
  file.take_owner_from(path);
  AIRLOCK_CHECK(world.change(path, [&]() -> Result<void> {
    if (::rename(file.path().c_str(), path.c_str()) != 0) return fail_errno(path, renaming);
    file.keep();
    return {};
  }));
  return sync_directory(parent_of(path), world);
}

Result<void> append_lines(const std::string& path, std::string_view lines, unsigned mode) {
  AIRLOCK_CHECK(check_no_link(path));
  constexpr int flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW;
  const Descriptor fd{retry([&] { return ::open(path.c_str(), flags, mode); })};
  if (fd.get() < 0) return fail_errno(path, opening);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return fail_errno(path, looking);
  if (!S_ISREG(status.st_mode)) return fail(Code::bad_input, quote(path) + ": is not a regular file");
  if (status.st_nlink != 1) {
    return fail(Code::refused,
                quote(path) + ": has a second name (a hard link), so it may be another file than it seems",
                "remove it, or name another file");
  }
  char last = '\n';
  if (status.st_size > 0 && ::pread(fd.get(), &last, 1, status.st_size - 1) != 1) return fail_errno(path, reading, EIO);
  if (last != '\n') AIRLOCK_CHECK(write_all(fd.get(), "\n", path));
  AIRLOCK_CHECK(write_all(fd.get(), lines, path));
  if (::fsync(fd.get()) != 0) return fail_errno(path, syncing);
  return {};
}

Result<void> write_over(const std::string& path, std::string_view bytes, const World& world) {
  return world.change(path, [&]() -> Result<void> {
    const Descriptor fd{retry([&] { return ::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW); })};
    if (fd.get() < 0) return fail_errno(path, opening);
    return write_all(fd.get(), bytes, path);
  });
}

Result<NewFile> NewFile::create(const std::string& path, unsigned mode, const World& world, Permissions permissions) {
  Descriptor fd;
  AIRLOCK_CHECK(world.change(path, [&]() -> Result<void> {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    fd = Descriptor{retry([&] { return ::open(path.c_str(), flags, mode); })};
    if (fd.get() < 0) return fail_errno(path, creating);
    return {};
  }));
  NewFile file(std::move(fd), path, world);
  // A umask takes bits away. The sandboxed worker has no umask, and may not change modes.
  struct stat status {};
  if (::fstat(file.fd_.get(), &status) != 0) return fail_errno(path, looking);
  const bool as_made = (status.st_mode & permission_bits) == mode;
  if (!as_made && ::fchmod(file.fd_.get(), mode) != 0 && permissions == Permissions::exact) {
    return fail_errno(path, changing_mode);
  }
  return file;
}

NewFile::~NewFile() {
  if (fd_.get() >= 0 && !kept_) (void)remove_file(path_, *world_);
}

void NewFile::take_owner_from(const std::string& path) {
  struct stat status {};
  if (::geteuid() != 0 || ::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid == 0) return;
  // Where this fails the file stays root's; `doctor` names files of another owner.
  [[maybe_unused]] const int given = ::fchown(fd_.get(), status.st_uid, status.st_gid);
}

Result<void> NewFile::reserve(std::uint64_t bytes) {
  return world_->change(path_, [&]() -> Result<void> {
    const int error = ::posix_fallocate(fd_.get(), 0, static_cast<off_t>(std::max<std::uint64_t>(bytes, 1)));
    if (error != 0) return fail_errno(path_, reserving, error);
    reserved_ = true;
    return {};
  });
}

Result<void> NewFile::write(std::string_view bytes) {
  AIRLOCK_CHECK(world_->change(path_, [&] { return write_all(fd_.get(), bytes, path_); }));
  size_ += bytes.size();
  return {};
}

Result<void> NewFile::sync() {
  return world_->change(path_, [&]() -> Result<void> {
    if (reserved_ && ::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0) return fail_errno(path_, truncating);
    if (::fsync(fd_.get()) != 0) return fail_errno(path_, syncing);
    return {};
  });
}

Result<Spool> Spool::create(const std::string& directory, const World& world) {
  Descriptor fd;
  AIRLOCK_CHECK(world.change(directory, [&]() -> Result<void> {
    AIRLOCK_TRY(fd, nameless_file(directory));
    return {};
  }));
  return Spool(std::move(fd), world);
}

Result<void> Spool::write(std::string_view bytes) {
  AIRLOCK_CHECK(world_->change("scratch space", [&] { return write_all(fd_.get(), bytes, "scratch space"); }));
  size_ += bytes.size();
  return {};
}

Result<std::size_t> Spool::read_at(std::uint64_t offset, std::span<char> into) const {
  return read_some_at(fd_.get(), offset, into, "scratch space");
}

}  // namespace airlock::sys
