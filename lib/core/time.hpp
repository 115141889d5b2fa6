#pragma once
/// \file
/// A point in time in whole seconds, and RFC 3339 text. sys/ reads the clock.

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::core {

/// Seconds since 1970-01-01T00:00:00Z without leap seconds (POSIX). Years 0000 to 9999.
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

  /// Reads the form of our own documents, `YYYY-MM-DDTHH:MM:SSZ`, and no other form. Error: bad_input.
  [[nodiscard]] static Result<Time> from_text(std::string_view text);
};

/// Reads any date-time of RFC 3339 5.6: any offset, any fraction (which is cut off), `T` and `Z` in either case. Reads
/// a leap second as the second before it. Nothing where the text is something else, or the UTC year is outside
/// 0000..9999.
[[nodiscard]] std::optional<Time> read_rfc3339(std::string_view text);

enum class Calendar : std::uint8_t { day, week, month };

/// Midnight UTC at the start of the day, the ISO week (Monday) or the month of `time`. Never before year 0000.
[[nodiscard]] Time start_of(Calendar unit, Time time);

/// Whole days from `from` to `to`, rounded towards minus infinity: 0 on the last day, negative afterwards.
[[nodiscard]] std::int64_t days_between(Time from, Time to);

}  // namespace airlock::core
