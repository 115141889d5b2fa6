#pragma once
/// \file
/// System calls on files for the other sources of this module: calls that finish what they begin, and errno in words.
///
/// errno becomes an error of ours here and nowhere else. A full, broken or read-only disk is `not_recorded`. A file
/// that is missing or of the wrong kind is `bad_input`. A name that is taken is `refused`. All else is `unexpected`:
/// also a call that permissions forbid, and one that the kernel or a container denies. The hint then names the call.

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// What is done to a file: a word for messages, and the system call that does it.
struct FileCall {
  std::string_view word;
  std::string_view call;
  /// Whether EPERM may mean that this user may not do this to this file. From other calls EPERM comes only where a
  /// filter denies the call.
  bool needs_permission = false;
};
inline constexpr FileCall opening{"open", "openat", true};
inline constexpr FileCall creating{"create", "openat", true};
inline constexpr FileCall scratching{"make scratch space", "openat", true};
inline constexpr FileCall reading{"read", "read"};
inline constexpr FileCall writing{"write", "write"};
inline constexpr FileCall syncing{"sync", "fsync"};
inline constexpr FileCall locking{"lock", "flock"};
inline constexpr FileCall looking{"look at", "newfstatat"};
inline constexpr FileCall looking_up{"look up", "readlink"};
inline constexpr FileCall listing{"list", "getdents64"};
inline constexpr FileCall linking{"link", "link", true};
inline constexpr FileCall renaming{"rename", "rename", true};
inline constexpr FileCall removing{"remove", "unlink", true};
inline constexpr FileCall truncating{"truncate", "ftruncate"};
inline constexpr FileCall reserving{"reserve space", "fallocate"};
inline constexpr FileCall making_directory{"make directory", "mkdir", true};
inline constexpr FileCall changing_mode{"chmod", "fchmod", true};
inline constexpr FileCall changing_owner{"chown", "fchown", true};
inline constexpr FileCall asking_file_system{"stat file system", "statfs"};

/// The hint of an error that permissions cause.
inline constexpr std::string_view permission_hint =
    "run it as the owner of the file or folder, or change its permissions";

/// "`/path`: open: permission denied", with the code and hint that the file comment describes.
[[nodiscard]] tl::unexpected<core::Error> fail_errno(const std::string& path, const FileCall& doing, int error = errno);

/// Makes a system call again for as long as signals interrupt it. `call` returns a negative number where it fails.
template <typename Call>
auto retry(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

/// Writes all of `bytes`. Messages call the file `path`.
[[nodiscard]] Result<void> write_all(int fd, std::string_view bytes, const std::string& path);

/// Fills `into` from `offset` on, and returns how many bytes there were: fewer than asked for only at the end of the
/// file.
[[nodiscard]] Result<std::size_t> read_some_at(int fd, std::uint64_t offset, std::span<char> into,
                                               const std::string& path);

}  // namespace airlock::sys
