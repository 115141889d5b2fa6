#pragma once
/// \file
/// What the kernel of this machine offers for a sandbox. Asking changes nothing.

namespace airlock::sys {

struct Abilities {
  bool seccomp = false;  ///< filters of system calls (seccomp(2))
  int landlock = 0;      ///< version of Landlock's interface (landlock(7)); 0 where the kernel has none
};

[[nodiscard]] Abilities sandbox_abilities();

}  // namespace airlock::sys
