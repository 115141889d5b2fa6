#pragma once
/// \file
/// Names in folders: folders are made, and files linked, renamed and removed. A change of names is durable after
/// `sync_directory` of its folder, unless the function says that it is durable itself.
///
/// `world` makes the steps of a change. Messages name the path. Errors of the system are those of `sys/file_calls.hpp`.

#include <string>

#include "core/result.hpp"
#include "sys/world.hpp"

namespace airlock::sys {

using core::Result;

/// Permission bits of a folder, as chmod(1) takes them.
inline constexpr unsigned private_directory = 0700;

/// Makes one directory with exactly these permissions, whatever the umask is. Error: refused where the name is taken.
[[nodiscard]] Result<void> make_directory(const std::string& path, unsigned mode, const World& world = real_world());

/// Makes a folder with exactly these permissions unless there is one, durably. Where root makes it, it gets the owner
/// and group of `beside`. Error: refused where something other than a folder has the name.
[[nodiscard]] Result<void> ensure_directory(const std::string& path, const std::string& beside, unsigned mode,
                                            const World& world = real_world());

/// Gives a regular file or a folder a group and exactly these permissions. Follows no link. Leaves a thing of another
/// kind as it is, and a name that nothing has. Error: of the system, such as unexpected where this user may not do
/// that.
[[nodiscard]] Result<void> set_access(const std::string& path, unsigned gid, unsigned mode,
                                      const World& world = real_world());

/// Makes the names in a directory durable.
[[nodiscard]] Result<void> sync_directory(const std::string& path, const World& world = real_world());

/// Gives a file a second name. Error: refused where that name is taken.
[[nodiscard]] Result<void> link_file(const std::string& from, const std::string& to, const World& world = real_world());

/// Gives a file another name, on file systems without links too. Where the kernel cannot do that in one step (ZFS,
/// FUSE), a crash between the steps may leave the file under both names. Error: refused where the name is taken.
[[nodiscard]] Result<void> rename_new(const std::string& from, const std::string& to,
                                      const World& world = real_world());

/// Gives a file the name `to` in the same folder, durably, and takes the place of another file of that name.
[[nodiscard]] Result<void> rename_over(const std::string& from, const std::string& to,
                                       const World& world = real_world());

/// Removes a file. Where there is no such file, nothing happens.
[[nodiscard]] Result<void> remove_file(const std::string& path, const World& world = real_world());

/// Removes a regular file; leaves a thing of another kind that has the name. For names by which Airlock knows its own
/// files, so that it never removes what somebody else put there.
[[nodiscard]] Result<void> remove_if_file(const std::string& path, const World& world = real_world());

/// Removes a file, or a directory with everything below it. Where there is no such thing, nothing happens.
[[nodiscard]] Result<void> remove_tree(const std::string& path);

}  // namespace airlock::sys
