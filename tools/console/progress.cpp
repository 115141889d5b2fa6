#include "progress.hpp"

#include <algorithm>

#include "streams.hpp"
#include "wrap.hpp"

namespace airlock::console {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds pause{100};
constexpr std::size_t bar_maximum = 30;
constexpr std::size_t bar_minimum = 8;  // a shorter one says nothing
/// What a terminal has that does not say how wide it is.
constexpr std::size_t usual_width = 80;

}  // namespace

std::string bar_line(std::string_view what, std::uint64_t done, std::uint64_t total, std::size_t width) {
  const bool is_known = total != 0;
  done = is_known ? std::min(done, total) : done;  // what was added since the work began
  const std::string text =
      std::to_string(done) + (is_known ? " of " + std::to_string(total) : "") + " " + std::string(what);
  if (text.size() >= width) return text.substr(0, width - 1);
  const std::size_t room = width - text.size() - 1;  // the last column stays free: a terminal might go to the next line
  if (!is_known || room < bar_minimum + 3) return text;
  const std::size_t bar = std::min(room - 3, bar_maximum);
  const auto full =
      static_cast<std::size_t>(static_cast<double>(done) / static_cast<double>(total) * static_cast<double>(bar));
  return "[" + std::string(full, '#') + std::string(bar - full, ' ') + "] " + text;
}

Progress::Progress(const Console& console)
    : wanted_(!console.quiet() && !console.json() && error_is_terminal()), prints_(prints_on_terminal()) {
  if (wanted_) next_ = Clock::now() + patience;
}

Progress::~Progress() {
  if (wanted_) take_bar_away();
}

void Progress::show(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (!wanted_) return;
  const auto now = Clock::now();
  if (now < next_) return;
  // Work that prints shows by that how far it is.
  const bool has_printed = prints_ != prints_on_terminal();
  prints_ = prints_on_terminal();
  next_ = now + (has_printed ? Clock::duration(patience) : Clock::duration(pause));
  if (!has_printed) show_bar(bar_line(what, done, total, error_width() == 0 ? usual_width : error_width()));
}

}  // namespace airlock::console
