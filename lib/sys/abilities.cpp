#include "sys/abilities.hpp"

#include <linux/seccomp.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace airlock::sys {
namespace {

// Debian 12's headers know the call; its number is the same on every architecture (landlock_create_ruleset(2)).
constexpr long create_ruleset = 444;
constexpr std::uint32_t ask_version = 1;

}  // namespace

Abilities sandbox_abilities() {
  Abilities out;
  const std::uint32_t action = SECCOMP_RET_KILL_PROCESS;
  out.seccomp = syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
  const long version = syscall(create_ruleset, nullptr, 0, ask_version);
  if (version > 0) out.landlock = static_cast<int>(version);
  return out;
}

}  // namespace airlock::sys
