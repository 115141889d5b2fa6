#pragma once
/// \file
/// Whether a file system keeps what Airlock relies on: links, renames, locks and durable writes.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// Whether `directory` is on a disk or in the memory of this machine, and can be written. On a network file system,
/// locks and syncs hold only as far as its protocol and server implement them (sqlite.org/faq.html#q5). Recognised by
/// statfs(2): NFS, SMB, NCP, AFS, Ceph, Coda, Lustre, GFS2, OCFS2. Errors: refused (a network file system),
/// not_recorded (mounted read-only).
[[nodiscard]] Result<void> check_local(const std::string& directory);

/// The names of files with which `check_file_system` tries a file system begin with this.
inline constexpr std::string_view probe_name = ".probe.";

/// `check_local`, and then tries whether files can be made, linked, renamed, locked and made durable in `directory`.
/// Errors: refused, with the operation that this file system cannot do, or that the kernel or a container denies;
/// unexpected where permissions forbid it.
[[nodiscard]] Result<void> check_file_system(const std::string& directory);

}  // namespace airlock::sys
