#include "sys/channel.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>

#include "core/call.hpp"

namespace airlock::sys {

using core::Code;
using core::fail;
using core::Result;

namespace {

tl::unexpected<core::Error> cannot_fork(const std::string& doing, std::string_view call) {
  return fail(core::call_error(call, errno).within(doing));
}

/// Ignores SIGPIPE while it lives: writing to a process that has ended is an error, and must not end this process.
class IgnoredBrokenPipe {
 public:
  IgnoredBrokenPipe() {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGPIPE, &ignore, &before_);
  }
  IgnoredBrokenPipe(const IgnoredBrokenPipe&) = delete;
  IgnoredBrokenPipe& operator=(const IgnoredBrokenPipe&) = delete;
  ~IgnoredBrokenPipe() { ::sigaction(SIGPIPE, &before_, nullptr); }

 private:
  struct sigaction before_ {};
};

struct Pipe {
  Descriptor out;
  Descriptor in;
};

Result<Pipe> new_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return cannot_fork("make a pipe", "pipe2");
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace

Result<void> Channel::write(std::string_view bytes) {
  const IgnoredBrokenPipe ignored;
  while (!bytes.empty()) {
    const ssize_t put = ::write(to_other_.get(), bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return fail(Code::unexpected, "the other process has ended");
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return {};
}

Result<std::string> Channel::read(std::size_t size) {
  std::string out(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const ssize_t got = ::read(from_other_.get(), out.data() + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return fail(Code::unexpected, "the other process has ended");
    at += static_cast<std::size_t>(got);
  }
  return out;
}

Result<Forked> fork_with_channel() {
  AIRLOCK_TRY(Pipe to_child, new_pipe());
  AIRLOCK_TRY(Pipe to_parent, new_pipe());
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) return cannot_fork("start another process", "clone");
  if (pid > 0) return Forked{pid, Channel(std::move(to_parent.out), std::move(to_child.in))};
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) static_cast<void>(::raise(SIGKILL));  // does not return
  return Forked{0, Channel(std::move(to_child.out), std::move(to_parent.in))};
}

}  // namespace airlock::sys
