#include "sys/names.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "core/call.hpp"
#include "core/text.hpp"
#include "sys/descriptor.hpp"
#include "sys/file_calls.hpp"
#include "sys/look.hpp"

namespace airlock::sys {
namespace {

/// As `rename_new`, in one step.
Result<void> rename_where_free(const std::string& from, const std::string& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) return {};
  // EINVAL: a file system that cannot promise it, such as ZFS or one over FUSE.
  if (errno != EINVAL && !core::is_denied(errno)) return fail_errno(to, renaming);
  // link(2) never replaces a file either. A process that ends between the two calls leaves both names.
  if (::link(from.c_str(), to.c_str()) == 0) {
    if (::unlink(from.c_str()) != 0) return fail_errno(from, removing);
    return {};
  }
  if (errno == EEXIST) return fail_errno(to, renaming);
  // No links either. Look just before the rename, then.
  if (exists(to)) return fail_errno(to, renaming, EEXIST);
  if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno(to, renaming);
  return {};
}

}  // namespace

Result<void> make_directory(const std::string& path, unsigned mode, const World& world) {
  return world.change(path, [&]() -> Result<void> {
    if (::mkdir(path.c_str(), private_directory) != 0) return fail_errno(path, making_directory);
    if (::chmod(path.c_str(), mode) != 0) return fail_errno(path, changing_mode);
    return {};
  });
}

Result<void> ensure_directory(const std::string& path, const std::string& beside, unsigned mode, const World& world) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) return {};
    return core::fail(core::Code::refused, core::quote(path) + ": is not a folder", "move it away and run again");
  }
  if (::stat(beside.c_str(), &status) != 0) return fail_errno(beside, looking);
  AIRLOCK_CHECK(world.change(path, [&]() -> Result<void> {
    if (::mkdir(path.c_str(), private_directory) != 0 && errno != EEXIST) return fail_errno(path, making_directory);
    const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW); })};
    if (fd.get() < 0) return fail_errno(path, opening);
    if (::geteuid() == 0 && ::fchown(fd.get(), status.st_uid, status.st_gid) != 0)
      return fail_errno(path, changing_owner);
    if (mode != private_directory && ::fchmod(fd.get(), mode) != 0) return fail_errno(path, changing_mode);
    return {};
  }));
  return sync_directory(parent_of(path), world);
}

Result<void> set_access(const std::string& path, unsigned gid, unsigned mode, const World& world) {
  return world.change(path, [&]() -> Result<void> {
    constexpr int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW;
    const Descriptor fd{retry([&] { return ::open(path.c_str(), flags); })};
    if (fd.get() < 0) {
      if (errno == ENOENT || errno == ELOOP) return {};
      return fail_errno(path, opening);
    }
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) return fail_errno(path, looking);
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return {};
    // A change of the group takes set-group-id away, so the permissions come second.
    if (status.st_gid != gid && ::fchown(fd.get(), static_cast<uid_t>(-1), gid) != 0) {
      return fail_errno(path, changing_owner);
    }
    if ((status.st_mode & permission_bits) == mode && status.st_gid == gid) return {};
    if (::fchmod(fd.get(), mode) != 0) return fail_errno(path, changing_mode);
    return {};
  });
}

Result<void> sync_directory(const std::string& path, const World& world) {
  return world.change(path, [&]() -> Result<void> {
    const Descriptor fd{retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); })};
    if (fd.get() < 0) return fail_errno(path, opening);
    if (::fsync(fd.get()) != 0) return fail_errno(path, syncing);
    return {};
  });
}

Result<void> link_file(const std::string& from, const std::string& to, const World& world) {
  return world.change(to, [&]() -> Result<void> {
    if (::link(from.c_str(), to.c_str()) != 0) return fail_errno(to, linking);
    return {};
  });
}

Result<void> rename_new(const std::string& from, const std::string& to, const World& world) {
  return world.change(to, [&] { return rename_where_free(from, to); });
}

Result<void> rename_over(const std::string& from, const std::string& to, const World& world) {
  AIRLOCK_CHECK(world.change(to, [&]() -> Result<void> {
    if (::rename(from.c_str(), to.c_str()) != 0) return fail_errno(to, renaming);
    return {};
  }));
  return sync_directory(parent_of(to), world);
}

Result<void> remove_file(const std::string& path, const World& world) {
  return world.change(path, [&]() -> Result<void> {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return fail_errno(path, removing);
    return {};
  });
}

Result<void> remove_if_file(const std::string& path, const World& world) {
  AIRLOCK_TRY(const FileKind kind, kind_of(path));
  if (kind != FileKind::file) return {};
  return remove_file(path, world);
}

Result<void> remove_tree(const std::string& path) {
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) return fail_errno(path, removing, error.value());
  return {};
}

}  // namespace airlock::sys
