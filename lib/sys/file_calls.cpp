#include "sys/file_calls.hpp"

#include <unistd.h>

#include <system_error>

#include "core/call.hpp"
#include "core/text.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;

/// How a denied call gets allowed: by another user, or by a profile or kernel.
std::string denied_hint(const FileCall& doing, int error) {
  if (error == EPERM && doing.needs_permission) {
    return std::string(permission_hint) + "; or " + core::allow_hint(doing.call);
  }
  return core::allow_hint(doing.call);
}

}  // namespace

tl::unexpected<core::Error> fail_errno(const std::string& path, const FileCall& doing, int error) {
  const std::string reason = core::lower_first(std::generic_category().message(error));
  std::string message = core::quote(path) + ": " + std::string(doing.word) + ": " + reason;
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return fail(Code::not_recorded, std::move(message), "free some space on that file system and run again");
    case EROFS:
      return fail(Code::not_recorded, std::move(message), "make the file system writable and run again");
    case EIO:
      return fail(Code::not_recorded, std::move(message), "check the disk and run again");
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG:
      return fail(Code::bad_input, std::move(message));
    case EXDEV:
      return fail(Code::bad_input, std::move(message), "put the whole site directory on one file system");
    case EEXIST:
      return fail(Code::refused, std::move(message));
    case EACCES:
      return fail(Code::unexpected, std::move(message), std::string(permission_hint));
    case EPERM:
    case ENOSYS:
      return fail(Code::unexpected, std::move(message), denied_hint(doing, error));
    default:
      return fail(Code::unexpected, std::move(message));
  }
}

Result<void> write_all(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t put = retry([&] { return ::write(fd, bytes.data(), bytes.size()); });
    if (put < 0) return fail_errno(path, writing);
    if (put == 0) return fail_errno(path, writing, ENOSPC);
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::size_t> read_some_at(int fd, std::uint64_t offset, std::span<char> into, const std::string& path) {
  std::size_t have = 0;
  while (have < into.size()) {
    const ssize_t got =
        retry([&] { return ::pread(fd, into.data() + have, into.size() - have, static_cast<off_t>(offset + have)); });
    if (got < 0) return fail_errno(path, reading);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  return have;
}

}  // namespace airlock::sys
