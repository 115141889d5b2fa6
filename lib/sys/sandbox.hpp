#pragma once
/// \file
/// What a process gives up, for ever, before it reads anything that it does not trust: its capabilities; by seccomp
/// every system call but a list of harmless ones (no socket of any family, no other program, no look into other
/// processes, no change of a file's mode, owner or times); and by Landlock, where the kernel has it, every file but
/// those named. docs/reference/sandbox.md has both lists.
///
/// Open descriptors keep working, whatever they are; so close what is not needed first. It does not protect the files
/// that are granted, nor hide names: `stat` and `access` still say what is where.
///
///     AIRLOCK_CHECK(sys::close_descriptors({0, 1, 2, input}));
///     const sys::Confinement confinement = sys::confine({{site, sys::Granted::Grant::change}});

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::sys {

/// Files that stay within reach: those below `path`, or `path` itself if it is a file. What is not there is not
/// granted.
struct Granted {
  enum class Grant : std::uint8_t {
    read,    ///< to read files, to list folders
    write,   ///< a file also to be written, as it is: nothing is made, renamed or removed
    change,  ///< a folder's files also to be made, renamed within their folder, and removed
  };
  std::string path;
  Grant grant = Grant::read;
};

/// What the kernel took away.
struct Confinement {
  bool seccomp = false;
  int landlock = 0;     ///< ABI in force; 0 where the kernel has none or refused
  std::string refused;  ///< which calls the kernel refused, and why; empty where all that it has is in force
  std::string hint;     ///< how to have the first of them allowed; empty where nobody knows

  /// For the ledger: `seccomp+landlock`, `seccomp`, `landlock` or `none`.
  [[nodiscard]] std::string_view name() const;
};

/// Takes effect at once and cannot be undone. Besides calls and files this process gives up all capabilities, its umask
/// (a file has the mode that it is made with), core dumps, and that others of its user trace it. What the kernel
/// refuses is in the result and not an error: whether that will do is for the caller, who must not read a report
/// otherwise. A kernel without Landlock refuses nothing.
[[nodiscard]] Confinement confine(const std::vector<Granted>& granted);

/// Removes every variable from the environment but these.
void keep_environment(std::initializer_list<std::string_view> names);

}  // namespace airlock::sys
