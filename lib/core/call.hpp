#pragma once
/// \file
/// Messages about a system call that the kernel or a container denies. docs/reference/requirements.md says which calls
/// Airlock needs.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

/// Whether `error` (errno) may mean that a filter denies the call or the kernel does not have it: EPERM or ENOSYS. For
/// a call that needs a permission, EPERM may also mean that the permission is missing.
[[nodiscard]] bool is_denied(int error);

/// A hint how to get `call` allowed: by the seccomp profile of a container or, for a young call, by a newer kernel.
[[nodiscard]] std::string allow_hint(std::string_view call);

/// An error of code unexpected: "`close_range`: operation not permitted". It has `allow_hint` where the call is denied.
[[nodiscard]] Error call_error(std::string_view call, int error);

}  // namespace airlock::core
