#pragma once
/// \file
/// Words for a system call that the kernel, or what a container lets through of it, does not grant. What Airlock needs
/// of a kernel, and what a container must allow, is in docs/reference/requirements.md.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

/// Whether `error` (errno) is what a filter of system calls, or a kernel without the call, answers. EPERM may also mean
/// what it says: then the call is one that needs a permission.
[[nodiscard]] bool is_denied(int error);

/// How to get `call` allowed: for a container's profile, and for a kernel that is too old for it.
[[nodiscard]] std::string allow_hint(std::string_view call);

/// "`close_range`: operation not permitted", of code unexpected, with `allow_hint` where the call is denied.
[[nodiscard]] Error call_error(std::string_view call, int error);

}  // namespace airlock::core
