#include "sys/file_system.hpp"

#include <sys/statvfs.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/text.hpp"
#include "sys/file_calls.hpp"
#include "sys/lock.hpp"
#include "sys/names.hpp"
#include "sys/world.hpp"
#include "sys/write_file.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr auto local_hint = "use a local file system with hard links and flock, such as ext4 or xfs";

struct NetworkFileSystem {
  std::uint32_t magic;  ///< statfs(2), linux/magic.h
  std::string_view name;
};
constexpr std::array<NetworkFileSystem, 12> network_file_systems{{{0x00006969, "NFS"},
                                                                  {0x0000517B, "SMB"},
                                                                  {0xFF534D42, "SMB"},
                                                                  {0xFE534D42, "SMB"},
                                                                  {0x0000564C, "NCP"},
                                                                  {0x5346414F, "AFS"},
                                                                  {0x6B414653, "AFS"},
                                                                  {0x00C36400, "Ceph"},
                                                                  {0x73757245, "Coda"},
                                                                  {0x0BD00BD0, "Lustre"},
                                                                  {0x01161970, "GFS2"},
                                                                  {0x7461636F, "OCFS2"}}};

}  // namespace

Result<void> check_local(const std::string& directory) {
  struct statfs about {};
  if (retry([&] { return ::statfs(directory.c_str(), &about); }) != 0) return fail_errno(directory, asking_file_system);
  const auto kind = static_cast<std::uint32_t>(about.f_type);
  const auto network = std::find_if(network_file_systems.begin(), network_file_systems.end(),
                                    [&](const NetworkFileSystem& each) { return each.magic == kind; });
  if (network != network_file_systems.end()) {
    return fail(Code::refused,
                quote(directory) + ": is on a network file system (" + std::string(network->name) +
                    "), on which locks and syncs are not reliable",
                local_hint);
  }
  if ((static_cast<unsigned long>(about.f_flags) & ST_RDONLY) != 0) return fail_errno(directory, writing, EROFS);
  return {};
}

Result<void> check_file_system(const std::string& directory) {
  const auto refuse = [&](core::Error error) {
    // A disk that is full or read-only, or a folder that this user may not write to, says nothing about its kind.
    if (error.code == Code::not_recorded || error.hint == permission_hint) return fail(std::move(error));
    return fail(Code::refused, quote(directory) + ": this file system is not suitable: " + error.message,
                std::string(local_hint) + (error.hint.empty() ? "" : "; or " + error.hint));
  };
  AIRLOCK_CHECK(check_local(directory));
  const std::string probe = directory + "/" + std::string(probe_name) + random_uuid();
  const std::string linked = probe + ".linked";
  const std::string renamed = probe + ".renamed";
  const auto try_all = [&]() -> Result<void> {
    AIRLOCK_TRY(NewFile file, NewFile::create(probe, private_file));
    AIRLOCK_CHECK(file.reserve(1));
    AIRLOCK_CHECK(file.write("probe"));
    AIRLOCK_CHECK(file.sync());
    AIRLOCK_CHECK(link_file(probe, linked));
    AIRLOCK_CHECK(sync_directory(directory));
    AIRLOCK_CHECK(Lock::acquire(linked, 0));
    AIRLOCK_CHECK(rename_new(linked, renamed));
    if (::rename(renamed.c_str(), linked.c_str()) != 0) return fail_errno(renamed, renaming);
    AIRLOCK_CHECK(Spool::create(directory));
    return remove_file(linked);
  };
  const auto tried = try_all();
  for (const std::string& left : {linked, renamed}) {
    if (!tried) (void)remove_file(left);
  }
  if (!tried) return refuse(tried.error());
  return {};
}

}  // namespace airlock::sys
