#pragma once
/// \file
/// Landlock (landlock(7)) by raw system calls: Debian 12 has no library for it, and its headers know only the first
/// versions. For sandbox.cpp only.

#include <vector>

#include "core/result.hpp"
#include "sys/granted.hpp"

namespace airlock::sys {

/// Takes every file from this process except those that are granted. Where the version of the kernel can do it, also
/// takes TCP, abstract sockets and signals to other processes. Returns the version of the interface (ABI) that is in
/// force; 0 where the kernel has no Landlock or it is switched off. Error: unexpected where the kernel has Landlock and
/// refuses. Needs no_new_privs.
[[nodiscard]] core::Result<int> restrict_files(const std::vector<Granted>& granted);

}  // namespace airlock::sys
