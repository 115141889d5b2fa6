#include "sys/landlock.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

#include "core/call.hpp"
#include "core/text.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {
namespace {

// linux/landlock.h, up to ABI 6. A kernel accepts a structure that is shorter than its own, and never a longer one.
struct RulesetAttributes {
  std::uint64_t files;
  std::uint64_t network;  // ABI 4
  std::uint64_t scoped;   // ABI 6
};
struct PathBeneath {
  std::uint64_t access;
  std::int32_t parent;
} __attribute__((packed));

constexpr std::uint64_t may_write_file = 1U << 1;
constexpr std::uint64_t may_read_file = 1U << 2;
constexpr std::uint64_t may_read_directory = 1U << 3;
constexpr std::uint64_t may_remove_file = 1U << 5;
constexpr std::uint64_t may_make_regular = 1U << 8;
constexpr std::uint64_t may_refer = 1U << 13;     // ABI 2: link and rename between directories; never granted
constexpr std::uint64_t may_truncate = 1U << 14;  // ABI 3
constexpr std::uint64_t all_of_abi_1 = (1U << 13) - 1;
constexpr std::uint64_t device_control = 1U << 15;  // ABI 5
constexpr std::uint64_t tcp_bind_and_connect = 3;
constexpr std::uint64_t abstract_sockets_and_signals = 3;

constexpr unsigned ask_version = 1;
constexpr int rule_path_beneath = 1;

std::uint64_t files_handled(int abi) {
  std::uint64_t out = all_of_abi_1;
  if (abi >= 2) out |= may_refer;
  if (abi >= 3) out |= may_truncate;
  if (abi >= 5) out |= device_control;
  return out;
}

std::size_t attributes_size(int abi) {
  if (abi < 4) return sizeof(std::uint64_t);
  return abi < 6 ? 2 * sizeof(std::uint64_t) : sizeof(RulesetAttributes);
}

tl::unexpected<core::Error> landlock_error(std::string_view call) { return core::fail(core::call_error(call, errno)); }

core::Result<void> add_rule(int ruleset, const Granted& granted, std::uint64_t handled) {
  const Descriptor path{::open(granted.path.c_str(), O_PATH | O_CLOEXEC)};
  if (path.get() < 0 && errno == ENOENT) return {};
  struct stat status {};
  if (path.get() < 0 || ::fstat(path.get(), &status) != 0) {
    core::Error error = core::call_error("openat", errno);
    return core::fail(std::move(error).within("landlock: " + core::quote(granted.path)));
  }
  std::uint64_t access = may_read_file;
  if (S_ISDIR(status.st_mode)) access |= may_read_directory;
  if (granted.grant != Granted::Grant::read) access |= may_write_file | may_truncate;
  if (granted.grant == Granted::Grant::change && S_ISDIR(status.st_mode)) access |= may_remove_file | may_make_regular;
  const PathBeneath rule{access & handled, path.get()};
  if (::syscall(SYS_landlock_add_rule, ruleset, rule_path_beneath, &rule, 0) != 0) {
    return landlock_error("landlock_add_rule");
  }
  return {};
}

}  // namespace

core::Result<int> restrict_files(const std::vector<Granted>& granted) {
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, ask_version);
  if (version < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) return 0;
  if (version < 1) return landlock_error("landlock_create_ruleset");
  const int abi = static_cast<int>(version);

  const std::uint64_t handled = files_handled(abi);
  const RulesetAttributes attributes{handled, tcp_bind_and_connect, abstract_sockets_and_signals};
  const Descriptor ruleset{
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, attributes_size(abi), 0))};
  if (ruleset.get() < 0) return landlock_error("landlock_create_ruleset");
  for (const Granted& one : granted) AIRLOCK_CHECK(add_rule(ruleset.get(), one, handled));
  if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0) return landlock_error("landlock_restrict_self");
  return abi;
}

}  // namespace airlock::sys
