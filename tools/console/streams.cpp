#include "streams.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <iostream>
#include <system_error>
#include <utility>

#include "core/text.hpp"
#include "sys/terminal.hpp"
#include "wrap.hpp"

namespace airlock::console {
namespace {

/// How much further in a line goes on after it was broken.
constexpr std::size_t hanging_blanks = 2;
/// Narrower lines would have hardly a word.
constexpr std::size_t width_minimum = 40;

struct Stream {
  explicit Stream(int descriptor) : is_terminal(::isatty(descriptor) == 1) {
    const std::size_t columns = is_terminal ? sys::terminal_columns(descriptor) : 0;
    if (columns == 0) return;
    width = std::max(columns, width_minimum);
    prepare_columns();
  }
  bool is_terminal;
  std::size_t width = 0;
};

const Stream& out() {
  static const Stream stream(STDOUT_FILENO);
  return stream;
}
const Stream& error() {
  static const Stream stream(STDERR_FILENO);
  return stream;
}

/// Goes back to the start of the line and clears it (ECMA-48: EL).
constexpr std::string_view clear_line = "\r\x1b[K";

bool bar_is_shown = false;
std::uint64_t prints = 0;

/// Something is about to be written.
void before_print(bool to_terminal) {
  take_bar_away();
  if (to_terminal) ++prints;
}

/// Whether standard output failed.
struct Lost {
  int error = 0;      ///< errno of the first write that failed
  bool told = false;  ///< a command has returned the failure as its own error
};
Lost lost;

}  // namespace

void look_at_streams() {
  (void)out();
  (void)error();
}

bool out_is_terminal() { return out().is_terminal; }
bool error_is_terminal() { return error().is_terminal; }
std::size_t out_width() { return out().width; }
std::size_t error_width() { return error().width; }

std::string for_people(std::string_view lines, std::size_t width) {
  const std::size_t blanks = std::min(lines.find_first_not_of(' '), lines.size());
  return wrap(core::terminal_text(lines), width, blanks + hanging_blanks);
}

void show_bar(std::string_view line) {
  bar_is_shown = true;
  std::cerr << clear_line << line << std::flush;
}

void take_bar_away() {
  if (std::exchange(bar_is_shown, false)) std::cerr << clear_line << std::flush;
}

void take_left_bar_away() {
  if (error().is_terminal) std::cerr << clear_line << std::flush;
}

std::uint64_t prints_on_terminal() { return prints; }

void write_error(std::string_view text) {
  before_print(error().is_terminal);
  std::cerr << text << std::flush;
}

bool write_raw(std::string_view bytes) {
  before_print(out().is_terminal);
  while (!bytes.empty()) {
    const ssize_t put = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) {
      if (lost.error == 0) lost.error = put < 0 ? errno : EIO;
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

core::Result<void> write_or_fail(std::string_view bytes) {
  if (write_raw(bytes)) return {};
  lost.told = true;
  return core::fail(output_error());
}

void close_output() {
  const int copy = ::dup(STDOUT_FILENO);
  if (copy >= 0 && ::close(copy) != 0 && lost.error == 0) lost.error = errno;
}

OutputState output_state() {
  if (lost.error == 0) return OutputState::sound;
  return lost.told ? OutputState::reported : OutputState::lost;
}

core::Error output_error() {
  // If standard output was closed, `open_standard_descriptors` has replaced it by a descriptor that cannot be written
  // to.
  const std::string reason = lost.error == EBADF ? "it is closed" : std::generic_category().message(lost.error);
  return {core::Code::unexpected, "standard output could not be written: " + core::lower_first(reason),
          lost.error == EPIPE ? "the program that reads it has ended; the command itself did its work"
                              : "make room, or write elsewhere; the command itself did its work"};
}

}  // namespace airlock::console
