#include "sys/helper.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "sys/descriptor.hpp"
#include "sys/descriptors.hpp"

namespace airlock::sys {
namespace {

using core::Code;
using core::fail;
using core::Result;

constexpr const char* terminal_path = "/dev/tty";
/// Above the three standard ones.
constexpr int first_free_descriptor = 3;

tl::unexpected<core::Error> helper_fails(const std::string& doing) {
  return fail(Code::unexpected, doing + ": " + std::generic_category().message(errno));
}

/// Gives up what a helper must not have. Where this returns false the helper must not go on.
bool give_up(const Channel& channel, int secret) {
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::prctl(PR_SET_DUMPABLE, 0);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (null < 0 || ::dup2(null, standard) != standard) return false;
  }
  std::vector<int> kept = channel.descriptors();
  kept.insert(kept.end(), {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO, secret});
  return close_descriptors(std::move(kept)).has_value() && ::chdir("/") == 0;
}

extern "C" void on_interruption(int) {}  // so that reading ends, and the terminal is as it was

/// While it lives the terminal does not show what is typed.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    known_ = ::tcgetattr(terminal, &before_) == 0;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    struct sigaction action {};
    action.sa_handler = on_interruption;  // no SA_RESTART
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &action, &actions_[i]);
    silent_ = known_ && ::tcsetattr(terminal, TCSAFLUSH, &silent) == 0;
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence() {
    if (known_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    for (std::size_t i = 0; i < signals.size(); ++i) ::sigaction(signals[i], &actions_[i], nullptr);
  }
  [[nodiscard]] bool in_force() const { return silent_; }

 private:
  static constexpr std::array signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
  int terminal_;
  bool known_ = false;
  bool silent_ = false;
  termios before_{};
  std::array<struct sigaction, signals.size()> actions_{};
};

}  // namespace

Result<Channel> start_helper(int secret, const std::function<void(Channel&)>& work) {
  AIRLOCK_TRY(auto forked, fork_with_channel());
  if (forked.child != 0) return std::move(forked.channel);
  ignore_broken_pipes();
  try {
    if (give_up(forked.channel, secret)) work(forked.channel);
  } catch (...) {  // NOLINT(bugprone-empty-catch): the helper ends, and the next request fails
  }
  ::_exit(0);  // exit handlers belong to the parent
}

Result<std::string> read_line(int fd, std::size_t limit) {
  std::string out;
  char next = 0;
  while (true) {
    const ssize_t got = ::read(fd, &next, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return fail(Code::usage, "descriptor " + std::to_string(fd) + ": " + std::generic_category().message(errno));
    if (got == 0 || next == '\n') break;
    if (out.size() == limit)
      return fail(Code::refused, "the input from descriptor " + std::to_string(fd) + " is too long");
    out += next;
  }
  if (out.empty()) return fail(Code::refused, "there is no input from descriptor " + std::to_string(fd));
  return out;
}

void close_descriptor(int fd) {
  if (fd >= 0) ::close(fd);
}

bool keep_to_this_program(int fd) { return ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0; }

bool has_terminal() {
  const Descriptor terminal(::open(terminal_path, O_RDWR | O_CLOEXEC | O_NOCTTY));
  return terminal.get() >= 0 && ::isatty(terminal.get()) == 1;
}

void tell_terminal(const std::string& line) {
  const Descriptor terminal(::open(terminal_path, O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() >= 0 && ::write(terminal.get(), line.data(), line.size()) < 0) return;
}

Result<std::string> ask_terminal(const std::string& prompt, std::size_t limit) {
  const Descriptor terminal(::open(terminal_path, O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0) return fail(Code::refused, "there is no terminal to ask at");
  const Silence silence(terminal.get());
  if (!silence.in_force()) return fail(Code::refused, "the terminal would show the input");
  if (::write(terminal.get(), prompt.data(), prompt.size()) < 0) return helper_fails("the terminal");
  std::string line(limit + 2, '\0');
  const ssize_t got = ::read(terminal.get(), line.data(), line.size());
  if (::write(terminal.get(), "\n", 1) < 0) return helper_fails("the terminal");
  line.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (line.ends_with('\n')) line.pop_back();
  if (line.empty()) return fail(Code::refused, "nothing was typed");
  if (line.size() > limit) return fail(Code::refused, "the input is too long");
  return line;
}

std::vector<std::string> environment() {
  std::vector<std::string> out;
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) out.emplace_back(*at);
  return out;
}

void set_environment(const std::vector<std::string>& entries, const std::vector<std::string_view>& but) {
  ::clearenv();
  for (const std::string& entry : entries) {
    const auto split = entry.find('=');
    const bool left_out =
        std::any_of(but.begin(), but.end(), [&](std::string_view name) { return entry.starts_with(name); });
    if (split != std::string::npos && !left_out) ::setenv(entry.substr(0, split).c_str(), entry.c_str() + split + 1, 1);
  }
}

}  // namespace airlock::sys
