#include "sys/child.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/call.hpp"
#include "core/text.hpp"
#include "sys/descriptor.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::Result;

tl::unexpected<core::Error> fail_with(std::string_view what, int error) {
  return core::fail(Code::unexpected,
                    std::string(what) + ": " + core::to_lower(std::generic_category().message(error)));
}

/// A file in memory with a descriptor above the three that every program has.
Result<Descriptor> memory_file() {
  const Descriptor made(memfd_create("airlock", MFD_CLOEXEC));
  if (made.get() < 0) return core::fail(core::call_error("memfd_create", errno).within("a file in memory"));
  Descriptor out(fcntl(made.get(), F_DUPFD_CLOEXEC, 3));
  if (out.get() < 0) return fail_with("a file in memory", errno);
  return out;
}

Result<Descriptor> memory_file_with(std::string_view bytes) {
  AIRLOCK_TRY(Descriptor file, memory_file());
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t wrote = pwrite(file.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (wrote < 0 && errno != EINTR) return fail_with("a file in memory", errno);
    if (wrote > 0) at += static_cast<std::size_t>(wrote);
  }
  return file;
}

Result<std::string> content_of(const Descriptor& file) {
  const off_t size = lseek(file.get(), 0, SEEK_END);
  if (size < 0) return fail_with("a file in memory", errno);
  std::string out(std::min(static_cast<std::size_t>(size), child_output_limit), '\0');
  for (std::size_t at = 0; at < out.size();) {
    const ssize_t got = pread(file.get(), out.data() + at, out.size() - at, static_cast<off_t>(at));
    if (got < 0 && errno != EINTR) return fail_with("a file in memory", errno);
    if (got == 0) out.resize(at);
    if (got > 0) at += static_cast<std::size_t>(got);
  }
  return out;
}

/// The settings for posix_spawn, freed at the end.
struct SpawnPlan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnPlan(int in, int out, int err) {
    sigset_t none;
    sigset_t usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGCHLD);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    error = posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO) |
            posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO) |
            posix_spawn_file_actions_adddup2(&actions, err, STDERR_FILENO) |
            posix_spawn_file_actions_addclosefrom_np(&actions, 3) | posix_spawnattr_setsigmask(&attributes, &none) |
            posix_spawnattr_setsigdefault(&attributes, &usual) |
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  int error;
};

}  // namespace

Result<FinishedChild> run_child(const std::string& program, const std::vector<std::string>& arguments,
                                std::string_view input) {
  AIRLOCK_TRY(const Descriptor in, memory_file_with(input));
  AIRLOCK_TRY(const Descriptor out, memory_file());
  AIRLOCK_TRY(const Descriptor err, memory_file());
  const SpawnPlan plan(in.get(), out.get(), err.get());
  if (plan.error != 0) return fail_with(core::quote(program) + " cannot be started", ENOMEM);

  std::string name = program;
  std::vector<std::string> texts = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  if (const int error = posix_spawn(&child, program.c_str(), &plan.actions, &plan.attributes, argv.data(), environ);
      error != 0) {
    return fail_with(core::quote(program) + " cannot be started", error);
  }
  int status = 0;
  pid_t waited = 0;
  do waited = waitpid(child, &status, 0);
  while (waited < 0 && errno == EINTR);

  FinishedChild ended;
  // Where there is no status the child has ended too: waitpid fails with ECHILD only then.
  if (waited == child && WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
  AIRLOCK_TRY(ended.out, content_of(out));
  AIRLOCK_TRY(ended.err, content_of(err));
  return ended;
}

}  // namespace airlock::sys
