#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "core/text.hpp"

namespace airlock::core {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::int64_t seconds_per_day = 86400;
const Time first{sys_days{std::chrono::year{0} / 1 / 1}.time_since_epoch().count() * seconds_per_day};
const Time last{(sys_days{std::chrono::year{9999} / 12 / 31}.time_since_epoch().count() + 1) * seconds_per_day - 1};

std::int64_t floor_days(std::int64_t seconds) {
  return seconds / seconds_per_day - (seconds % seconds_per_day < 0 ? 1 : 0);
}

/// Appends `value`, which is not negative, with at least `width` digits, and then `after`.
void append_digits(std::string& out, std::int64_t value, std::size_t width, std::string_view after) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  const auto count = static_cast<std::size_t>(end - digits.data());
  if (count < width) out.append(width - count, '0');
  out.append(digits.data(), count).append(after);
}

/// Takes `count` decimal digits from the front of `text`.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text[0]) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Takes `numbers` two-digit fields (the first has `first_width` digits) with `separator` between them.
template <std::size_t count>
bool take_fields(std::string_view& text, std::size_t first_width, std::string_view separator, int (&fields)[count]) {
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && !take(text, separator)) return false;
    const auto value = take_number(text, i == 0 ? first_width : 2);
    if (!value) return false;
    fields[i] = *value;
  }
  return true;
}

}  // namespace

std::string Time::text() const {
  const std::int64_t in_day = seconds - floor_days(seconds) * seconds_per_day;
  std::string out = date();
  out.append("T");
  append_digits(out, in_day / 3600, 2, ":");
  append_digits(out, in_day / 60 % 60, 2, ":");
  append_digits(out, in_day % 60, 2, "Z");
  return out;
}

std::string Time::date() const {
  const year_month_day ymd{sys_days{days{floor_days(seconds)}}};
  std::string out;
  out.reserve(20);  // of `text`
  append_digits(out, static_cast<int>(ymd.year()), 4, "-");
  append_digits(out, static_cast<unsigned>(ymd.month()), 2, "-");
  append_digits(out, static_cast<unsigned>(ymd.day()), 2, "");
  return out;
}

Result<Time> Time::from_text(std::string_view text) {
  // RFC 3339 has other texts for the same time: a fraction, an offset, lower case, a leap second.
  const bool is_ours = text.size() == 20 && text[10] == 'T' && text.ends_with('Z') && text.substr(17, 2) != "60";
  const auto time = read_rfc3339(text);
  if (!time || !is_ours) {
    return fail(Code::bad_input, quote(text) + " is not a UTC time such as `2026-11-01T00:00:00Z`");
  }
  return *time;
}

std::optional<Time> read_rfc3339(std::string_view text) {
  int date[3];
  int clock[3];
  if (!take_fields(text, 4, "-", date) || !take(text, "Tt") || !take_fields(text, 2, ":", clock)) return std::nullopt;
  if (take(text, ".")) {
    const auto end = std::min(text.find_first_not_of("0123456789"), text.size());
    if (end == 0) return std::nullopt;
    text.remove_prefix(end);
  }
  std::int64_t offset = 0;
  if (!take(text, "Zz")) {
    const bool west = !text.empty() && text[0] == '-';
    int zone[2];
    if (!take(text, "+-") || !take_fields(text, 2, ":", zone) || zone[0] > 23 || zone[1] > 59) return std::nullopt;
    const std::int64_t minutes = zone[0] * 60 + zone[1];
    offset = (west ? -60 : 60) * minutes;
  }
  const year_month_day ymd{std::chrono::year{date[0]}, std::chrono::month{static_cast<unsigned>(date[1])},
                           std::chrono::day{static_cast<unsigned>(date[2])}};
  if (!text.empty() || !ymd.ok() || clock[0] > 23 || clock[1] > 59 || clock[2] > 60) return std::nullopt;
  const std::int64_t minutes = clock[0] * 60 + clock[1];
  const Time time{sys_days{ymd}.time_since_epoch().count() * seconds_per_day + 60 * minutes + std::min(clock[2], 59) -
                  offset};
  if (time < first || time > last) return std::nullopt;
  return time;
}

Time start_of(Calendar unit, Time time) {
  const std::int64_t day = floor_days(time.seconds);
  if (unit == Calendar::day) return {day * seconds_per_day};
  if (unit == Calendar::week) {
    // 1970-01-01 was a Thursday, so day 4 was a Monday.
    const std::int64_t since_monday = ((day - 4) % 7 + 7) % 7;
    return std::max(Time{(day - since_monday) * seconds_per_day}, first);
  }
  const year_month_day ymd{sys_days{days{day}}};
  return {sys_days{ymd.year() / ymd.month() / 1}.time_since_epoch().count() * seconds_per_day};
}

std::int64_t days_between(Time from, Time to) { return floor_days(to.seconds - from.seconds); }

}  // namespace airlock::core
