#pragma once
/// \file
/// What a name leads to: whether something has it, of which kind and with which permissions, and what a folder holds.
/// Nothing is opened for reading, and nothing is changed.
///
/// Messages name the path. Errors of the system are those of `sys/file_calls.hpp`.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// Permission bits that give group or others anything at all, and those that let them write.
inline constexpr unsigned others_all = 0077;
inline constexpr unsigned others_write = 0022;
/// The permission bits of a file's mode, with set-user-id, set-group-id and the sticky bit.
inline constexpr unsigned permission_bits = 07777;

/// Whether something has the name; links are not followed. Where the system gives no answer this is true, since whoever
/// then opens the file learns why. Use it to check that a name is free. Use `look_for` where something is done because
/// nothing has the name.
[[nodiscard]] bool exists(const std::string& path);

/// Whether something has the name; links are not followed. Error: of the system, such as not_recorded for a broken
/// disk.
[[nodiscard]] Result<bool> look_for(const std::string& path);

/// What has the name; links are not followed. Error: as `look_for`.
enum class FileKind : std::uint8_t { none, file, directory, link, other };
[[nodiscard]] Result<FileKind> kind_of(const std::string& path);

/// For a file that Airlock writes in a folder where others write too. Error: refused where the name is a symbolic link.
[[nodiscard]] Result<void> check_no_link(const std::string& path);

/// Whether `create_file` could make the file: the name is free, and its folder exists. For a check before long work.
/// Errors: refused where the name is taken, bad_input where there is no such folder.
[[nodiscard]] Result<void> check_free(const std::string& path);

/// Whether the name leads to a directory; links are followed. Error: as `look_for`.
[[nodiscard]] Result<bool> look_for_directory(const std::string& path);
/// The same, but false where the system gives no answer.
[[nodiscard]] bool is_directory(const std::string& path);

/// Attributes of what a name leads to.
struct Attributes {
  bool directory = false;
  unsigned permissions = 0;  ///< with set-group-id and the sticky bit
  unsigned uid = 0;          ///< the owner
  unsigned gid = 0;          ///< the group
};
/// The attributes; links are followed. Nothing where nothing has the name. Error: as `look_for`.
[[nodiscard]] Result<std::optional<Attributes>> attributes_of(const std::string& path);

/// Whether this process may write to the file or folder. Links are followed.
[[nodiscard]] bool may_write(const std::string& path);
/// The same for reading.
[[nodiscard]] bool may_read(const std::string& path);

/// The names in a directory, sorted, without `.` and `..`.
[[nodiscard]] Result<std::vector<std::string>> list_directory(const std::string& path);

/// The absolute path without links, `.` and `..`. Error: bad_input where nothing has the name.
[[nodiscard]] Result<std::string> real_path(const std::string& path);

/// The folder in which the name is: `/a` for `/a/b`, and `.` for `b`.
[[nodiscard]] std::string parent_of(const std::string& path);

}  // namespace airlock::sys
