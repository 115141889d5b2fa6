#pragma once
/// \file
/// How far long work has come, shown to a person who waits for it.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "console.hpp"
#include "core/progress.hpp"

namespace airlock::console {

/// A bar on standard error, such as `[######    ] 600 of 1000 bundles verified`. It appears if standard error is a
/// terminal and the work takes longer than a second, and never with `--quiet` or `--json`. It goes away before anything
/// else is printed, and at the end. It is drawn at most ten times a second, so a slow terminal cannot slow the work. A
/// confined worker may have one: it needs no more than the standard error that it has.
class Progress final : public core::ProgressSink {
 public:
  /// The work begins now.
  explicit Progress(const Console& console);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() override;
  void show(std::string_view what, std::uint64_t done, std::uint64_t total) override;

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_;
  std::uint64_t prints_ = 0;  ///< those of the console when the work began, or when the bar had to go
  Clock::time_point next_;    ///< not before then
};

/// The line of a bar in so many columns, without the last one. For tests.
[[nodiscard]] std::string bar_line(std::string_view what, std::uint64_t done, std::uint64_t total, std::size_t width);

}  // namespace airlock::console
