#include "sys/abilities.hpp"

#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace airlock::sys {
namespace {

// Debian 12's headers know the call; its number is the same on every architecture (landlock_create_ruleset(2)).
constexpr long create_ruleset = 444;
constexpr std::uint32_t ask_landlock_version = 1;

}  // namespace

Abilities sandbox_abilities() {
  Abilities out;
  // prctl(2) is the only call that this needs. With a null filter it fails with EFAULT where the kernel has filters.
  out.seccomp = prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, nullptr) != 0 && errno == EFAULT;
  const long version = syscall(create_ruleset, nullptr, 0, ask_landlock_version);
  if (version > 0) out.landlock = static_cast<int>(version);
  return out;
}

}  // namespace airlock::sys
