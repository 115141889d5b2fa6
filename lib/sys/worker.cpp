#include "sys/worker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <system_error>

#include "core/text.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::Result;

tl::unexpected<core::Error> cannot(const std::string& doing, int error) {
  return core::fail(Code::unexpected, doing + ": " + std::generic_category().message(error));
}

struct Pipe {
  Descriptor out;
  Descriptor in;
};

Result<Pipe> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot("make a pipe", errno);
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Ended wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

Result<Worker> Worker::split() {
  AIRLOCK_TRY(Pipe to_worker, new_pipe());
  AIRLOCK_TRY(Pipe to_supervisor, new_pipe());
  const pid_t supervisor = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return cannot("start a worker", errno);
  if (pid > 0) return Worker(pid, std::move(to_supervisor.out), std::move(to_worker.in));
  // Nobody would hear what a worker without supervisor did. If it has ended already, the pipes say so.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::raise(SIGKILL);
  return Worker(0, std::move(to_worker.out), std::move(to_supervisor.in));
}

void Worker::tell(char word) {
  while (::write(to_other_.get(), &word, 1) < 0 && errno == EINTR) {
  }
}

std::optional<char> Worker::hear() {
  char word = 0;
  ssize_t got = 0;
  do {
    got = ::read(from_other_.get(), &word, 1);
  } while (got < 0 && errno == EINTR);
  if (got != 1) return std::nullopt;
  return word;
}

Ended Worker::wait() { return wait_for(pid_); }

Result<Ended> run_program(const std::string& path, const std::vector<std::string>& arguments,
                          const std::vector<int>& inherited) {
  std::vector<std::string> words{path};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t normal;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO, STDOUT_FILENO);
  for (const int fd : inherited) ::posix_spawn_file_actions_adddup2(&actions, fd, fd);  // which clears FD_CLOEXEC
  ::sigemptyset(&normal);
  ::sigaddset(&normal, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &normal);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, pointers.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return cannot("start " + core::quote(path), error);
  return wait_for(pid);
}

Result<std::string> program_folder() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0) return cannot("find the folder of this program", errno);
  const std::string_view found(path.data(), static_cast<std::size_t>(size));
  return std::string(found.substr(0, found.rfind('/')));
}

bool is_program(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

Socket socket_at(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISSOCK(status.st_mode)) return Socket::none;
  int domain = 0;
  socklen_t size = sizeof domain;
  const bool known = ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0;
  return known && domain == AF_UNIX ? Socket::local : Socket::other;
}

void ignore_broken_pipes() { ::signal(SIGPIPE, SIG_IGN); }

}  // namespace airlock::sys
