#include "sys/sandbox.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <functional>
#include <string>
#include <vector>

#include "sys/names.hpp"
#include "sys/write_file.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using sys::Granted;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

/// Runs the probes in a child under the sandbox, each of which returns an errno or 0; what they returned, or nothing
/// where a signal ended the child.
struct Probed {
  std::vector<int> errors;
  int signal = 0;
};
Probed probe(const std::vector<Granted>& granted, const std::vector<std::function<int()>>& probes) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const auto confinement = sys::confine(granted);
    if (!confinement.refused.empty()) ::_exit(99);
    for (const auto& one : probes) {
      const int error = one();
      if (::write(ends[1], &error, sizeof error) != sizeof error) ::_exit(98);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  Probed out;
  for (int error = 0; ::read(ends[0], &error, sizeof error) == sizeof error;) out.errors.push_back(error);
  ::close(ends[0]);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status)) {
    out.signal = WTERMSIG(status);
  } else {
    REQUIRE(WEXITSTATUS(status) == 0);
  }
  return out;
}

int error_of(long result) { return result < 0 ? errno : 0; }

template <typename... Arguments>
std::function<int()> call(long number, Arguments... arguments) {
  return [=] { return error_of(::syscall(number, arguments...)); };
}

struct Named {
  const char* name;
  std::function<int()> probe;
};

void check_all_refused(const std::vector<Named>& named) {
  std::vector<std::function<int()>> probes;
  for (const Named& one : named) probes.push_back(one.probe);
  const Probed probed = probe({}, probes);
  REQUIRE(probed.errors.size() == named.size());
  for (std::size_t i = 0; i < named.size(); ++i) {
    CAPTURE(named[i].name);
    CHECK(probed.errors[i] == EPERM);
  }
}

}  // namespace

TEST_CASE("in the sandbox no socket of any family can be made, and none that is there can be used as one") {
  int pair[2];
  REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
  const int inherited = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  REQUIRE(inherited >= 0);
  std::vector<Named> named;
  for (const int family : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_ALG, AF_VSOCK}) {
    named.push_back({"socket", call(SYS_socket, family, SOCK_DGRAM, 0)});
  }
  named.push_back({"socketpair", call(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, nullptr)});
  named.push_back({"connect", call(SYS_connect, inherited, nullptr, 0)});
  named.push_back({"bind", call(SYS_bind, inherited, nullptr, 0)});
  named.push_back({"listen", call(SYS_listen, inherited, 1)});
  named.push_back({"accept4", call(SYS_accept4, inherited, nullptr, nullptr, 0)});
  named.push_back({"sendto", call(SYS_sendto, pair[0], "x", 1, 0, nullptr, 0)});
  named.push_back({"sendmsg", call(SYS_sendmsg, pair[0], nullptr, 0)});
  named.push_back({"sendmmsg", call(SYS_sendmmsg, pair[0], nullptr, 0, 0)});
  named.push_back({"recvmsg", call(SYS_recvmsg, pair[0], nullptr, 0)});
  check_all_refused(named);
  for (const int fd : {pair[0], pair[1], inherited}) ::close(fd);
}

TEST_CASE("in the sandbox there is no other program, no other process and no new way into the kernel") {
  char* const nothing[] = {nullptr};
  std::vector<Named> named{
      {"execve", [&] { return error_of(::execve("/bin/true", nothing, nothing)); }},
      {"execveat", call(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0)},
      {"fork", call(SYS_fork)},
      {"vfork", call(SYS_vfork)},
      {"clone", call(SYS_clone, SIGCHLD, 0, 0, 0, 0)},
      {"clone3", call(SYS_clone3, nullptr, 0)},
      {"ptrace", call(SYS_ptrace, PTRACE_ATTACH, ::getppid(), 0, 0)},
      {"process_vm_readv", call(SYS_process_vm_readv, ::getppid(), nullptr, 0, nullptr, 0, 0)},
      {"process_vm_writev", call(SYS_process_vm_writev, ::getppid(), nullptr, 0, nullptr, 0, 0)},
      {"pidfd_open", call(SYS_pidfd_open, ::getppid(), 0)},
      {"pidfd_getfd", call(SYS_pidfd_getfd, 0, 0, 0)},
      {"io_uring_setup", call(SYS_io_uring_setup, 1, nullptr)},
      {"io_uring_enter", call(SYS_io_uring_enter, 0, 1, 0, 0, nullptr, 0)},
      {"bpf", call(SYS_bpf, 0, nullptr, 0)},
      {"perf_event_open", call(SYS_perf_event_open, nullptr, 0, -1, -1, 0)},
      {"userfaultfd", call(SYS_userfaultfd, 0)},
      {"memfd_create", call(SYS_memfd_create, "x", 0)},
      {"mount", call(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr)},
      {"unshare", call(SYS_unshare, 0)},
      {"setns", call(SYS_setns, 0, 0)},
      {"chroot", call(SYS_chroot, "/")},
      {"open_by_handle_at", call(SYS_open_by_handle_at, 0, nullptr, 0)},
      {"mknod", call(SYS_mknod, "/tmp/x", S_IFIFO | 0600, 0)},
      {"symlink", call(SYS_symlink, "/etc/passwd", "/tmp/x")},
      {"keyctl", call(SYS_keyctl, 0, 0, 0, 0, 0)},
      {"seccomp", call(SYS_seccomp, 0, 0, nullptr)},
      {"setuid", call(SYS_setuid, 0)},
      {"kill", call(SYS_kill, ::getppid(), 0)},
      {"tgkill of another", call(SYS_tgkill, ::getppid(), ::getppid(), 0)},
      {"fcntl F_SETOWN", call(SYS_fcntl, 0, F_SETOWN, 1)},
      {"ioctl TIOCSTI", call(SYS_ioctl, 0, 0x5412, "x")},
  };
  if (!sanitized) {
    named.push_back({"prctl", call(SYS_prctl, 1, 0, 0, 0, 0)});
    named.push_back({"mmap executable", [] {
                       void* const at =
                           ::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                       return at == MAP_FAILED ? errno : 0;
                     }});
    named.push_back({"mprotect executable", [] {
                       void* const at =
                           ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
                       return at == MAP_FAILED ? -1 : error_of(::mprotect(at, 4096, PROT_READ | PROT_EXEC));
                     }});
  }
  check_all_refused(named);
}

TEST_CASE("in the sandbox no call acts on the metadata of a file that may be read, and none empties or locks it") {
  const test::TemporaryDirectory folder;
  const std::string path = folder / "key";
  REQUIRE(sys::create_file(path, "secret", 0600));
  const char* const name = path.c_str();
  const int fd = ::open(name, O_RDONLY | O_CLOEXEC);
  const int directory = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  REQUIRE(fd >= 0);
  const timespec times[2] = {{1, 0}, {1, 0}};
  int flags = 0;
  // Numbers that the headers of Debian 12 do not know are the same on every architecture.
  constexpr long fchmodat2 = 452, setxattrat = 463, removexattrat = 466, file_setattr = 469;
  const std::vector<Named> named {
    {"fchmod", call(SYS_fchmod, fd, 0666)}, {"fchmod of a folder", call(SYS_fchmod, directory, 0777)},
        {"fchmodat", call(SYS_fchmodat, AT_FDCWD, name, 0666)},
        {"fchmodat2", call(fchmodat2, fd, "", 0666, AT_EMPTY_PATH)}, {"fchown", call(SYS_fchown, fd, 65534, 65534)},
        {"fchownat", call(SYS_fchownat, fd, "", 65534, 65534, AT_EMPTY_PATH)},
        {"utimensat", call(SYS_utimensat, fd, nullptr, times, 0)},
        {"setxattr", call(SYS_setxattr, name, "user.x", "x", 1, 0)},
        {"lsetxattr", call(SYS_lsetxattr, name, "user.x", "x", 1, 0)},
        {"fsetxattr", call(SYS_fsetxattr, fd, "user.x", "x", 1, 0)},
        {"removexattr", call(SYS_removexattr, name, "user.x")},
        {"lremovexattr", call(SYS_lremovexattr, name, "user.x")},
        {"fremovexattr", call(SYS_fremovexattr, fd, "user.x")},
        {"setxattrat", call(setxattrat, fd, "", AT_EMPTY_PATH, "user.x", nullptr, 0)},
        {"removexattrat", call(removexattrat, fd, "", AT_EMPTY_PATH, "user.x")},
        {"file_setattr", call(file_setattr, fd, "", nullptr, 0, AT_EMPTY_PATH)},
        {"ioctl FS_IOC_SETFLAGS", call(SYS_ioctl, fd, FS_IOC_SETFLAGS, &flags)},
        {"ioctl FS_IOC_FSSETXATTR", call(SYS_ioctl, fd, FS_IOC_FSSETXATTR, nullptr)},
        {"truncate", call(SYS_truncate, name, 0)},
        {"openat O_TRUNC", call(SYS_openat, AT_FDCWD, name, O_RDONLY | O_TRUNC, 0)},
        {"fallocate that punches a hole", call(SYS_fallocate, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 1)},
        {"flock that waits", call(SYS_flock, fd, LOCK_EX)},
        {"flock that is shared", call(SYS_flock, fd, LOCK_SH | LOCK_NB)},
        {"fcntl F_SETLEASE", call(SYS_fcntl, fd, F_SETLEASE, F_RDLCK)},
        {"fcntl F_SETLKW", call(SYS_fcntl, fd, F_SETLKW, nullptr)},
        {"fcntl F_SETFL", call(SYS_fcntl, fd, F_SETFL, O_NONBLOCK)},
        {"linkat of a descriptor", call(SYS_linkat, fd, "", AT_FDCWD, "/tmp/x", AT_EMPTY_PATH)},
        {"renameat2 that exchanges", call(SYS_renameat2, AT_FDCWD, name, AT_FDCWD, name, RENAME_EXCHANGE)},
        {"unlinkat of a folder", call(SYS_unlinkat, AT_FDCWD, name, AT_REMOVEDIR)},
        {"mkdirat", call(SYS_mkdirat, AT_FDCWD, "/tmp/x", 0700)},
        {"copy_file_range", call(SYS_copy_file_range, fd, nullptr, fd, nullptr, 1, 0)},
#if defined(__x86_64__)
        {"chmod", call(SYS_chmod, name, 0666)}, {"chown", call(SYS_chown, name, 65534, 65534)},
        {"lchown", call(SYS_lchown, name, 65534, 65534)}, {"utime", call(SYS_utime, name, nullptr)},
        {"utimes", call(SYS_utimes, name, nullptr)}, {"futimesat", call(SYS_futimesat, fd, nullptr, nullptr)},
        {"open O_TRUNC", call(SYS_open, name, O_RDONLY | O_TRUNC, 0)}, {"creat", call(SYS_creat, name, 0600)},
#endif
  };
  struct stat before {};
  struct stat after {};
  REQUIRE(::lstat(name, &before) == 0);
  check_all_refused(named);
  REQUIRE(::lstat(name, &after) == 0);
  CHECK(after.st_mode == before.st_mode);
  CHECK(after.st_uid == before.st_uid);
  CHECK(after.st_gid == before.st_gid);
  CHECK(after.st_size == before.st_size);
  CHECK(after.st_ctim.tv_sec == before.st_ctim.tv_sec);
  CHECK(after.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
  for (const int open : {fd, directory}) ::close(open);
}

#if defined(__x86_64__)
TEST_CASE("the calls of another architecture's numbering end the process") {
  constexpr long x32 = 0x40000000;
  CHECK(probe({}, {call(x32 | SYS_socket, AF_INET, SOCK_STREAM, 0)}).signal == SIGSYS);
}
#endif

TEST_CASE("what a worker needs works in the sandbox: memory, time, chance, descriptors that are open") {
  const test::TemporaryDirectory folder;
  const int open_before = ::open((folder.path() + "/before").c_str(), O_RDWR | O_CREAT, 0600);
  REQUIRE(open_before >= 0);
  const Probed probed =
      probe({}, {[&] { return error_of(::write(open_before, "x", 1)); }, [&] { return error_of(::fsync(open_before)); },
                 [] {
                   std::vector<char> large(64 << 20);
                   large[large.size() - 1] = 1;
                   return 0;
                 },
                 [] {
                   char byte = 0;
                   return error_of(::getrandom(&byte, 1, 0));
                 },
                 [] {
                   timespec time{};
                   return error_of(::clock_gettime(CLOCK_REALTIME, &time));
                 }});
  CHECK(probed.errors == std::vector<int>(5, 0));
  ::close(open_before);
}

TEST_CASE("with Landlock only the granted files are within reach, and only as granted") {
  const test::TemporaryDirectory folder;
  const std::string site = folder.path() + "/site", other = folder.path() + "/other", read = folder.path() + "/read";
  const std::string written = read + "/written";
  for (const std::string& path : {site, other, read, site + "/a", site + "/b"}) {
    REQUIRE(sys::make_directory(path, 0700));
  }
  for (const std::string& path : {other + "/file", read + "/file", written}) REQUIRE(sys::create_file(path, "x", 0600));
  const auto opens = [](const std::string& path, int flags) {
    return std::function<int()>([path, flags] { return error_of(::open(path.c_str(), flags, 0600)); });
  };
  const Probed probed =
      probe({{site, Granted::Grant::change},
             {read, Granted::Grant::read},
             {written, Granted::Grant::write},
             {folder.path() + "/no-such", Granted::Grant::read}},
            {opens(site + "/a/new", O_CREAT | O_EXCL | O_WRONLY), opens(site, O_TMPFILE | O_RDWR),
             [&] { return error_of(::link((site + "/a/new").c_str(), (site + "/a/linked").c_str())); },
             [&] { return error_of(::rename((site + "/a/linked").c_str(), (site + "/a/renamed").c_str())); },
             [&] { return error_of(::unlink((site + "/a/renamed").c_str())); }, opens(read + "/file", O_RDONLY),
             opens(written, O_RDWR), [&] { return error_of(::unlink(written.c_str())); },
             [&] { return error_of(::rename((site + "/a/new").c_str(), written.c_str())); },
             [&] { return error_of(::link((site + "/a/new").c_str(), (site + "/b/linked").c_str())); },
             [&] { return error_of(::rename((site + "/a/new").c_str(), (site + "/b/new").c_str())); },
             opens(read + "/file", O_WRONLY), opens(other + "/file", O_RDONLY), opens(other, O_RDONLY | O_DIRECTORY),
             opens(other + "/new", O_CREAT | O_WRONLY), opens("/etc/passwd", O_RDONLY),
             opens("/proc/self/environ", O_RDONLY)});
  // A kernel without Landlock leaves these to the file system's permissions; the ledger then says `seccomp` only.
  const auto version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, 1);
  if (version < 2) {
    MESSAGE("counted: no Landlock on this kernel, granted files not checked");
    return;
  }
  // From folder to folder nothing goes: what is written in one could not become a file of another.
  CHECK(probed.errors == std::vector<int>{0, 0, 0, 0, 0, 0, 0, EACCES, EACCES, EXDEV, EXDEV, EACCES, EACCES, EACCES,
                                          EACCES, EACCES, EACCES});
}
