#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/encoding.hpp"
#include "core/time.hpp"
#include "dictionary/field.hpp"
#include "dictionary/grammar_parts.hpp"
#include "dictionary/grammars.hpp"

namespace airlock::dictionary {
namespace {

constexpr std::int64_t last_epoch = 253'402'300'799;  // 9999-12-31T23:59:59Z

/// Whether the text of a JSON number is whole, not negative and at most `maximum`. JSON's grammar (RFC 8259 6) has
/// already refused leading zeros.
bool is_up_to(std::string_view number, std::int64_t maximum) {
  return core::is_digits(number) && core::number_from<std::int64_t>(number).value_or(INT64_MAX) <= maximum;
}

/// Takes a run of digits from the front of `text`. False where there is none, or more than the limit.
bool take_digits(std::string_view& text) {
  constexpr std::size_t digits_limit = 18;
  std::size_t end = 0;
  while (end < text.size() && core::is_digit(text[end])) ++end;
  text.remove_prefix(end);
  return end > 0 && end <= digits_limit;
}

/// Takes amounts with their units from the front of `text`: each unit at most once, in the order given. A fraction ends
/// the text after its unit. Returns how many amounts there were; nothing if there is something else before `stop` or
/// the end.
std::optional<int> take_amounts(std::string_view& text, std::span<const std::string_view> units, char stop,
                                std::string_view fraction_signs) {
  int amounts = 0;
  std::size_t next = 0;
  while (!text.empty() && text.front() != stop) {
    if (!take_digits(text)) return std::nullopt;
    bool is_last = false;
    if (!text.empty() && is_one_of(text.front(), fraction_signs)) {
      text.remove_prefix(1);
      if (!take_digits(text)) return std::nullopt;
      is_last = true;
    }
    while (next < units.size() && !text.starts_with(units[next])) ++next;
    if (next == units.size()) return std::nullopt;
    text.remove_prefix(units[next++].size());
    ++amounts;
    if (is_last && !text.empty()) return std::nullopt;
  }
  return amounts;
}

/// ISO 8601 4.4.3.2, from which `P` was taken.
bool is_iso_duration(std::string_view text) {
  constexpr std::array<std::string_view, 4> days{"Y", "M", "W", "D"};
  constexpr std::array<std::string_view, 3> clock{"H", "M", "S"};
  constexpr std::string_view fraction_signs = ".,";
  const auto amounts = take_amounts(text, days, 'T', fraction_signs);
  if (!amounts) return false;
  if (text.empty()) return *amounts > 0;
  text.remove_prefix(1);
  return take_amounts(text, clock, '\0', fraction_signs).value_or(0) > 0;
}

/// As Go's `time.Duration` prints itself: hours, minutes and seconds, or one amount of a smaller unit.
bool is_go_duration(std::string_view text) {
  constexpr std::array<std::string_view, 3> clock{"h", "m", "s"};
  constexpr std::array<std::string_view, 4> small{"ms", "us", "\xC2\xB5s", "ns"};  // with the micro sign
  std::string_view rest = text;
  return take_amounts(rest, clock, '\0', ".").value_or(0) > 0 || take_amounts(text, small, '\0', ".") == 1;
}

}  // namespace

bool is_time(std::string_view text) { return text.size() <= time_bytes_limit && core::read_rfc3339(text).has_value(); }

bool is_date(std::string_view text) {
  return text.size() == 10 && core::read_rfc3339(std::string(text) + "T00:00:00Z").has_value();
}

bool is_epoch(std::string_view text) { return is_up_to(text, last_epoch); }

bool is_epoch_ms(std::string_view text) { return is_up_to(text, last_epoch * 1000 + 999); }

bool is_duration(std::string_view text) {
  if (text.size() > duration_bytes_limit) return false;
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.starts_with('P') ? is_iso_duration(text.substr(1)) : is_go_duration(text);
}

}  // namespace airlock::dictionary
