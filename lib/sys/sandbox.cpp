#include "sys/sandbox.hpp"

#include <fcntl.h>
#include <linux/capability.h>
#include <seccomp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "core/call.hpp"
#include "sys/landlock.hpp"

namespace airlock::sys {
namespace {

using core::fail;
using core::Result;

/// The calls that a worker needs, and the forms of the same calls that other versions of glibc use. Not allowed are
/// socket and its family, execve, fork, ptrace, process_vm_*, pidfd_*, io_uring_*, bpf, mount, keyctl, prctl, and every
/// call that the kernel gets in the future. Calls that act on metadata (chmod, chown, utimes, setxattr, truncate and
/// their relatives) are not allowed either: Landlock has no right for them, so with a file that may only be read a
/// worker could make the keys of the site readable for everybody.
constexpr std::array allowed{
    // memory (mmap and mprotect below)
    SCMP_SYS(brk), SCMP_SYS(madvise), SCMP_SYS(mremap), SCMP_SYS(munmap),
    // reading and writing what is open
    SCMP_SYS(close), SCMP_SYS(dup), SCMP_SYS(fadvise64), SCMP_SYS(fdatasync), SCMP_SYS(fstat), SCMP_SYS(fsync),
    SCMP_SYS(ftruncate), SCMP_SYS(lseek), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(pwrite64), SCMP_SYS(pwritev),
    SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
    // files by name: Landlock says which (open, linkat, unlinkat and renameat2 below)
    SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2), SCMP_SYS(fstatfs), SCMP_SYS(getcwd),
    SCMP_SYS(getdents64), SCMP_SYS(link), SCMP_SYS(lstat), SCMP_SYS(newfstatat), SCMP_SYS(readlink),
    SCMP_SYS(readlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(stat), SCMP_SYS(statfs), SCMP_SYS(statx),
    SCMP_SYS(unlink),
    // time, chance, identity, the end
    SCMP_SYS(clock_getres), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(exit), SCMP_SYS(exit_group),
    SCMP_SYS(futex), SCMP_SYS(getegid), SCMP_SYS(geteuid), SCMP_SYS(getgid), SCMP_SYS(getpid), SCMP_SYS(getppid),
    SCMP_SYS(getrandom), SCMP_SYS(gettid), SCMP_SYS(gettimeofday), SCMP_SYS(getuid), SCMP_SYS(nanosleep),
    SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sched_yield), SCMP_SYS(sysinfo), SCMP_SYS(time), SCMP_SYS(uname)};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
/// Calls that the runtime of the sanitizers needs. Allowed only in builds with sanitizers.
constexpr std::array allowed_to_sanitizers{SCMP_SYS(mmap),        SCMP_SYS(mprotect),  SCMP_SYS(pipe),
                                           SCMP_SYS(pipe2),       SCMP_SYS(prctl),     SCMP_SYS(sched_getaffinity),
                                           SCMP_SYS(sigaltstack), SCMP_SYS(getrlimit), SCMP_SYS(prlimit64)};

/// The commands of fcntl that the worker and the locks of SQLite need. Not allowed are F_SETOWN and F_SETSIG, which
/// send signals; F_SETLEASE, which makes other processes wait when they open a file of the site; F_SETFL, which changes
/// descriptors that other processes share; F_SETLKW, which waits without end.
constexpr std::array fcntl_commands{F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_GETLK, F_SETLK};

struct Release {
  void operator()(void* filter) const { seccomp_release(filter); }
};

/// Adds rules, and remembers the first error.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx filter) : filter_(filter) {}
  void allow(int call) { note(seccomp_rule_add(filter_, SCMP_ACT_ALLOW, call, 0)); }
  void allow(int call, scmp_arg_cmp condition) {
    note(seccomp_rule_add_array(filter_, SCMP_ACT_ALLOW, call, 1, &condition));
  }
  [[nodiscard]] int error() const { return error_; }

 private:
  // A call that this architecture does not have cannot be made either.
  void note(int result) {
    if (result != 0 && result != -EDOM && error_ == 0) error_ = result;
  }
  scmp_filter_ctx filter_;
  int error_ = 0;
};

// Arguments that the kernel takes as int: the upper half of the register means nothing to it.
constexpr std::uint64_t int_bits = 0xFFFFFFFF;

constexpr scmp_arg_cmp equal(unsigned argument, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, int_bits, value};
}
constexpr scmp_arg_cmp without(unsigned argument, std::uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, bits, 0};
}

/// Calls of which the worker needs only one form. The other forms reach further than Landlock can see.
void allow_some_forms(Rules& rules) {
  // Before its ABI 3 (Linux 6.2) Landlock does not see that O_TRUNC empties what is opened for reading.
  rules.allow(SCMP_SYS(open), without(1, O_TRUNC));
  rules.allow(SCMP_SYS(openat), without(2, O_TRUNC));
  // Not AT_EMPTY_PATH and AT_SYMLINK_FOLLOW, which name an open descriptor. Not AT_REMOVEDIR. Not RENAME_EXCHANGE.
  rules.allow(SCMP_SYS(linkat), equal(4, 0));
  rules.allow(SCMP_SYS(unlinkat), equal(2, 0));
  rules.allow(SCMP_SYS(renameat2), equal(4, 0));
  rules.allow(SCMP_SYS(renameat2), equal(4, RENAME_NOREPLACE));
  // Only to reserve space, not to punch holes.
  rules.allow(SCMP_SYS(fallocate), equal(1, 0));
  // Only without waiting in the kernel.
  rules.allow(SCMP_SYS(flock), equal(1, LOCK_EX | LOCK_NB));
}

Result<void> filter_calls() {
  const auto refused = [](int error) { return fail(core::call_error("seccomp", -error)); };
  // A call is refused, and does not end the process: the next glibc may try a call that it can do without.
  const std::unique_ptr<void, Release> filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)));
  if (!filter) return refused(-ENOMEM);
  // Has the library return the errors of the kernel, and not its own.
  (void)seccomp_attr_set(filter.get(), SCMP_FLTATR_API_SYSRAWRC, 1);
  Rules rules(filter.get());
  for (const int call : allowed) rules.allow(call);
  for (const int command : fcntl_commands) {
    rules.allow(SCMP_SYS(fcntl), equal(1, static_cast<std::uint64_t>(command)));
  }
  rules.allow(SCMP_SYS(ioctl), equal(1, TCGETS));  // is this a terminal?
  allow_some_forms(rules);
  if (sanitized) {
    for (const int call : allowed_to_sanitizers) rules.allow(call);
  } else {
    // No new code: nothing becomes executable from now on.
    rules.allow(SCMP_SYS(mmap), without(2, PROT_EXEC));
    rules.allow(SCMP_SYS(mprotect), without(2, PROT_EXEC));
  }
  // abort() sends itself a signal.
  rules.allow(SCMP_SYS(tgkill), equal(0, static_cast<std::uint64_t>(::getpid())));
  if (rules.error() != 0) return refused(rules.error());
  // A call by the numbers of another architecture ends the process. Our compilers make no such calls.
  if (const int error = seccomp_load(filter.get()); error != 0) return refused(error);
  return {};
}

/// Takes every capability from this process and from programs that it could run. Dropping one may be refused only to a
/// process without capabilities, which cannot gain one either (no_new_privs).
bool drop_capabilities() {
  for (unsigned long capability = 0; ::prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; ++capability) {
    (void)::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  }
  (void)::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  const std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
  return ::syscall(SYS_capset, &header, none.data()) == 0;
}

}  // namespace

std::string_view Confinement::name() const {
  if (seccomp) return landlock > 0 ? "seccomp+landlock" : "seccomp";
  return landlock > 0 ? "landlock" : "none";
}

Confinement confine(const std::vector<Granted>& granted) {
  Confinement out;
  const auto note = [&](const core::Error& error) {
    if (out.refused.find(error.message) != out.refused.npos) return;
    out.refused += (out.refused.empty() ? "" : "; ") + error.message;
    if (out.hint.empty()) out.hint = error.hint;
  };
  const rlimit no_core{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &no_core);  // the next call forbids core dumps already; this is what others see
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) note(core::call_error("prctl", errno));
  ::umask(0);  // chmod is denied from now on, so a file must get its exact mode when it is made
  if (!drop_capabilities()) note(core::call_error("capset", errno));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    note(core::call_error("prctl", errno));
    return out;  // without no_new_privs the kernel accepts neither Landlock nor a filter
  }
  if (const auto abi = restrict_files(granted); abi) {
    out.landlock = *abi;
  } else {
    note(abi.error());
  }
  if (const auto filtered = filter_calls(); filtered) {
    out.seccomp = true;
  } else {
    note(filtered.error());
  }
  return out;
}

void keep_environment(std::initializer_list<std::string_view> names) {
  std::vector<std::string> kept;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry(*at);
    const auto name = entry.substr(0, entry.find('='));
    if (std::find(names.begin(), names.end(), name) != names.end()) kept.emplace_back(entry);
  }
  ::clearenv();
  for (const std::string& entry : kept) {
    const auto split = entry.find('=');
    if (split != std::string::npos) ::setenv(entry.substr(0, split).c_str(), entry.c_str() + split + 1, 1);
  }
}

}  // namespace airlock::sys
