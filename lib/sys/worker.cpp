#include "sys/worker.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
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

Ended wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status)) return {.code = 0, .signal = WTERMSIG(status)};
  return {.code = WEXITSTATUS(status), .signal = 0};
}

}  // namespace

Result<Worker> Worker::split() {
  // `fork_with_channel` kills the worker when the supervisor ends, since nobody would learn what it did after that.
  AIRLOCK_TRY(Forked forked, fork_with_channel());
  return Worker(std::move(forked));
}

void Worker::tell(char word) { (void)other_.write({&word, 1}); }

std::optional<char> Worker::hear() {
  const auto word = other_.read(1);
  if (!word) return std::nullopt;
  return word->front();
}

void Worker::tell_text(std::string_view text) {
  text = text.substr(0, text_maximum);
  const std::string size{static_cast<char>(text.size() >> 8U), static_cast<char>(text.size())};
  (void)other_.write(size + std::string(text));
}

std::optional<std::string> Worker::hear_text() {
  const auto size = other_.read(2);
  if (!size) return std::nullopt;
  const auto byte = [&](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>((*size)[i])); };
  auto text = other_.read(byte(0) << 8U | byte(1));
  if (!text) return std::nullopt;
  return std::move(*text);
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

}  // namespace airlock::sys
