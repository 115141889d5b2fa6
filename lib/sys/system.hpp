#pragma once
/// \file
/// The clock, the random source and the log of the system. The modules below gate/ get time and random bytes as values.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::sys {

/// The system clock, UTC.
[[nodiscard]] core::Time now();

/// `count` bytes from getrandom(2). Where the kernel denies them the process ends.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// Writes a line to the log of the machine (syslog(3), facility `daemon`, level `info`, program `airlock`). Error:
/// unexpected where no daemon listens at `/dev/log`, since the line would be lost.
[[nodiscard]] core::Result<void> log_line(const std::string& line);

}  // namespace airlock::sys
