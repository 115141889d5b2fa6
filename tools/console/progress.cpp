#include "progress.hpp"

#include <iostream>

#include "streams.hpp"

namespace airlock::console {
namespace {

constexpr std::chrono::seconds patience{1};
constexpr std::chrono::milliseconds pause{100};
constexpr std::size_t width = 30;
/// Goes back to the start of the line and clears it (ECMA-48: EL).
constexpr std::string_view clear_line = "\r\x1b[K";

}  // namespace

Progress::Progress(const Console& console, std::size_t total, std::string what)
    : wanted_(!console.quiet() && !console.json() && error_is_terminal()),
      total_(total),
      what_(std::move(what)),
      next_(Clock::now() + patience) {}

Progress::~Progress() {
  if (shown_) std::cerr << clear_line << std::flush;
}

void Progress::show(std::size_t done) {
  if (!wanted_ || Clock::now() < next_) return;
  next_ = Clock::now() + pause;
  shown_ = true;
  const std::size_t full = total_ == 0 ? width : width * done / total_;
  std::cerr << clear_line << '[' << std::string(full, '#') << std::string(width - full, ' ') << "] " << done << " of "
            << total_ << ' ' << what_ << std::flush;
}

}  // namespace airlock::console
