#pragma once
/// \file
/// Who runs this process, and which users and groups the system knows. The answers come from the system's user database
/// (`getpwuid(3)`, `getgrnam(3)`), so a sandboxed worker cannot ask.

#include <optional>
#include <string>

#include "core/result.hpp"

namespace airlock::sys {

using core::Result;

/// The user behind a command.
struct Person {
  unsigned uid = 0;                 ///< the real user id of this process
  std::string login;                ///< the login name of `uid`; empty if the system knows none
  std::optional<std::string> sudo;  ///< the login name of the user who became `uid`, by login session or `sudo`
};

/// Who runs this process. The login session's user (`/proc/self/loginuid`, which only the kernel and a login program
/// set) counts before `SUDO_UID`, which `sudo` sets and root may change.
[[nodiscard]] Person acting_person();

/// The effective user id of this process.
[[nodiscard]] unsigned own_uid();

/// The login name of a user; empty if the system knows none.
[[nodiscard]] std::string login_of(unsigned uid);
/// The same for people: the login name, or `user 1000` without one.
[[nodiscard]] std::string user_in_words(unsigned uid);

/// The id of a group. Error: bad_input if the system knows no such group.
[[nodiscard]] Result<unsigned> group_id(const std::string& name);
/// The name of a group; `group 1000` if the system knows none.
[[nodiscard]] std::string group_in_words(unsigned gid);

}  // namespace airlock::sys
