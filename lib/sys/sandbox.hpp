#pragma once
/// \file
/// Confines a process for the rest of its life, before it reads anything that it does not trust. The process loses
/// - all capabilities;
/// - by seccomp, every system call except a list of harmless ones: it cannot open a socket of any family, run another
///   program, look into other processes, or change the mode, owner or times of a file;
/// - by Landlock, where the kernel has it, every file except those that are named.
/// docs/reference/sandbox.md has both lists.
///
/// Descriptors that are open keep working, so close those that are not needed first. The sandbox does not protect the
/// files that are granted. It does not hide names: `stat` and `access` still show which files exist.
///
///     AIRLOCK_CHECK(sys::close_descriptors({0, 1, 2, input}));
///     const sys::Confinement confinement = sys::confine({{site, sys::Granted::Grant::change}});

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sys/granted.hpp"

namespace airlock::sys {

/// What the kernel took away.
struct Confinement {
  bool seccomp = false;
  int landlock = 0;     ///< ABI in force; 0 where the kernel has no Landlock or refused it
  std::string refused;  ///< the calls that the kernel refused, and why; empty where it refused none
  std::string hint;     ///< how to get the first of them allowed; empty where that is not known

  /// For the ledger: `seccomp+landlock`, `seccomp`, `landlock` or `none`.
  [[nodiscard]] std::string_view name() const;
};

/// Confines this process at once; nothing can undo it. The process also gives up its umask (files get the exact mode
/// that they are made with), core dumps, and being traced by other processes of its user. A call that the kernel
/// refuses is in the result, and is no error: the caller decides whether the rest is enough, and must read no report if
/// it is not. A kernel without Landlock refuses nothing.
[[nodiscard]] Confinement confine(const std::vector<Granted>& granted);

/// Removes every variable from the environment but these.
void keep_environment(std::initializer_list<std::string_view> names);

}  // namespace airlock::sys
