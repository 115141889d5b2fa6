#pragma once
/// \file
/// Standard output and standard error of the process: whether each is a terminal, how wide it is, and what happens when
/// standard output does not take what is written. Only the console uses this. The answers are global, since a process
/// has these streams once. The system is asked once: a worker that is confined later keeps the answers.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::console {

/// Asks the system about both streams. A process that will be confined calls this before: in the sandbox the system
/// might deny the question, and that would look like a no.
void look_at_streams();

/// Whether standard output is a terminal.
[[nodiscard]] bool out_is_terminal();
[[nodiscard]] bool error_is_terminal();
/// The number of columns at which lines on standard output are broken, at least 40. 0 if they are not broken, since it
/// is no terminal, or a terminal of unknown width.
[[nodiscard]] std::size_t out_width();
/// The same for standard error.
[[nodiscard]] std::size_t error_width();

/// `lines` for people, fit for a terminal (`core::terminal_text`), and each broken at `width`. A broken line goes on
/// two columns further in than `lines` begins.
[[nodiscard]] std::string for_people(std::string_view lines, std::size_t width);

/// Shows a bar (progress.hpp) as the last line on standard error, in place of the bar before it.
void show_bar(std::string_view line);
/// Clears the bar. Everything that is written by the functions below does this first.
void take_bar_away();
/// Clears the line of a bar that a process of ours may have left when it was ended.
void take_left_bar_away();
/// How often something was written to a terminal, so far.
[[nodiscard]] std::uint64_t prints_on_terminal();

/// Writes `text` to standard error.
void write_error(std::string_view text);
/// Writes all of `bytes` to standard output. Returns whether it took them; if not, `output_state` says so from then on.
bool write_raw(std::string_view bytes);
/// The same. Error: unexpected, with the reason and advice.
[[nodiscard]] core::Result<void> write_or_fail(std::string_view bytes);
/// Closes a copy of standard output. Some file systems report only then that they did not take the data.
void close_output();

/// What became of standard output so far.
enum class OutputState : std::uint8_t {
  sound,
  lost,      ///< a write failed, and nobody was told
  reported,  ///< a write failed, and `write_or_fail` has returned the error
};
[[nodiscard]] OutputState output_state();
/// The error of the first write that failed. Precondition: one has failed.
[[nodiscard]] core::Error output_error();

}  // namespace airlock::console
