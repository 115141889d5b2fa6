#pragma once
/// \file
/// Landlock (landlock(7)) by raw system calls: Debian 12 has no library for it, and its headers know the first versions
/// only. For sandbox.cpp.

#include <vector>

#include "core/result.hpp"
#include "sys/sandbox.hpp"

namespace airlock::sys::landlock {

/// Leaves this process the granted files and nothing else; with it go TCP, abstract sockets and signals to others where
/// the kernel's version can. Returns the ABI version in force, 0 where the kernel has no Landlock or it is switched
/// off. Error: unexpected, where the kernel has it and refuses. Needs no_new_privs.
[[nodiscard]] core::Result<int> restrict_to(const std::vector<Granted>& granted);

}  // namespace airlock::sys::landlock
