#pragma once
/// \file
/// How far long work has come, shown to a person who waits for it.

#include <chrono>
#include <cstddef>
#include <string>

#include "console.hpp"

namespace airlock::console {

/// A bar on standard error, such as `[######    ] 600 of 1000 bundles`. It appears where standard error is a terminal
/// and the work takes longer than a second, and is gone at the end. Never with `--quiet` or `--json`.
class Progress {
 public:
  /// `total` things are to be done; `what` names them.
  Progress(const Console& console, std::size_t total, std::string what);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();
  /// So many are done.
  void show(std::size_t done);

 private:
  using Clock = std::chrono::steady_clock;
  bool wanted_;
  bool shown_ = false;
  std::size_t total_;
  std::string what_;
  Clock::time_point next_;  ///< not before then
};

}  // namespace airlock::console
