#pragma once
/// \file
/// The clock and the system's random source. Everything below the gate takes time and random bytes as values.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"

namespace airlock::sys {

/// The system clock, UTC.
[[nodiscard]] core::Time now();

/// `count` bytes from getrandom(2). The process ends if the kernel has none, which happens only before boot is over.
[[nodiscard]] std::string random_bytes(std::size_t count);

/// A random UUID (version 4).
[[nodiscard]] std::string random_uuid();

/// Hands a line to the machine's log (syslog(3), facility `daemon`, level `info`, program `airlock`). Error: unexpected
/// where nothing listens at `/dev/log`, so that it would be lost without a word.
[[nodiscard]] core::Result<void> log_line(const std::string& line);

}  // namespace airlock::sys
