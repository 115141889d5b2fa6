#pragma once
/// \file
/// A point in time in whole seconds, and RFC 3339 text. Reading the clock is the business of sys/.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

/// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX). Years 0000 to 9999.
struct Time {
  std::int64_t seconds = 0;

  auto operator<=>(const Time&) const = default;
  Time operator+(std::chrono::seconds d) const { return {seconds + d.count()}; }
  Time operator-(std::chrono::seconds d) const { return {seconds - d.count()}; }
  std::chrono::seconds operator-(Time other) const { return std::chrono::seconds{seconds - other.seconds}; }

  /// `2026-11-01T00:00:00Z`.
  [[nodiscard]] std::string text() const;
  /// `2026-11-01`, the UTC day.
  [[nodiscard]] std::string date() const;

  /// Reads what our own documents hold: `YYYY-MM-DDTHH:MM:SSZ` and nothing else. Error: bad_input.
  [[nodiscard]] static Result<Time> from_text(std::string_view text);
};

/// Reads any RFC 3339 5.6 date-time: any offset, any fraction (cut off), `T` and `Z` in either case. A leap second is
/// read as the second before it. Nothing where the text is none, or the UTC year is outside 0000..9999.
[[nodiscard]] std::optional<Time> read_rfc3339(std::string_view text);

enum class Calendar : std::uint8_t { day, week, month };

/// Midnight UTC at the start of the UTC day, the ISO week (Monday) or the month that holds `time`. The first days of
/// year 0000 stay in it.
[[nodiscard]] Time start_of(Calendar unit, Time time);

/// Whole days from `from` to `to`, rounded towards minus infinity: 0 on the last day, negative afterwards.
[[nodiscard]] std::int64_t days_between(Time from, Time to);

}  // namespace airlock::core
