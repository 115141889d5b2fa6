#include "redaction/figures.hpp"

#include <algorithm>
#include <charconv>

#include "core/ascii.hpp"
#include "core/encoding.hpp"

namespace airlock::redaction {
namespace {

constexpr std::int64_t plain_maximum = 20;
constexpr std::int64_t plain_minimum = -7;

/// ±d.ddd × 10^place. The first and the last digit are not 0; zero has no digits.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t place = 0;
};

/// Nothing if `text` is no number, or if its exponent is far beyond those of a double.
std::optional<Decimal> decimal_from(std::string_view text) {
  Decimal out;
  out.negative = text.starts_with('-');
  if (out.negative) text.remove_prefix(1);
  std::int64_t whole = 0;  // digits before the point
  bool in_fraction = false;
  while (!text.empty() && (core::is_digit(text[0]) || (text[0] == '.' && !in_fraction))) {
    if (text[0] == '.') {
      in_fraction = true;
    } else {
      out.digits += text[0];
      if (!in_fraction) ++whole;
    }
    text.remove_prefix(1);
  }
  std::int64_t exponent = 0;
  if (!text.empty()) {
    if (text[0] != 'e' && text[0] != 'E') return std::nullopt;
    text.remove_prefix(text.substr(1).starts_with('+') ? 2 : 1);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    if (exponent > 10'000 || exponent < -10'000) return std::nullopt;
  }
  if (out.digits.empty()) return std::nullopt;
  const auto first = std::min(out.digits.find_first_not_of('0'), out.digits.size());
  out.digits.erase(0, first);
  out.digits.erase(out.digits.find_last_not_of('0') + 1);
  out.place = whole - static_cast<std::int64_t>(first) - 1 + exponent;
  return out;
}

std::string text_of(const Decimal& value) {
  std::string out = value.negative ? "-" : "";
  const auto place = value.place;
  const auto size = static_cast<std::int64_t>(value.digits.size());
  if (place > plain_maximum || place < plain_minimum) {
    out += value.digits.substr(0, 1);
    if (size > 1) out += "." + value.digits.substr(1);
    return out + "e" + std::to_string(place);
  }
  if (place < 0) return out + "0." + std::string(static_cast<std::size_t>(-place - 1), '0') + value.digits;
  if (size <= place + 1) return out + value.digits + std::string(static_cast<std::size_t>(place + 1 - size), '0');
  const auto point = static_cast<std::size_t>(place + 1);
  return out + value.digits.substr(0, point) + "." + value.digits.substr(point);
}

/// Adds one in the last place of `value`.
void carry(Decimal& value) {
  for (auto at = value.digits.rbegin(); at != value.digits.rend(); ++at) {
    if (*at != '9') {
      ++*at;
      return;
    }
    *at = '0';
  }
  value.digits.insert(value.digits.begin(), '1');
  ++value.place;
}

}  // namespace

bool is_below(std::string_view text, std::int64_t threshold) {
  const auto value = decimal_from(text);
  if (!value || value->negative || value->digits.empty()) return true;
  const std::string limit = std::to_string(threshold);
  const auto limit_place = static_cast<std::int64_t>(limit.size()) - 1;
  if (value->place != limit_place) return value->place < limit_place;
  // With equal places, the numbers compare as their digits do, once the limit has no zeros at its end.
  return value->digits < limit.substr(0, limit.find_last_not_of('0') + 1);
}

std::optional<std::string> rounded_to_multiple(std::string_view text, std::int64_t multiple) {
  const auto value = core::number_from<std::int64_t>(text);
  if (!value) return std::nullopt;
  const std::int64_t rest = *value % multiple;  // has the sign of the value
  if (rest == 0) return std::string(text);
  std::int64_t out = *value - rest;
  const std::int64_t distance = rest < 0 ? -rest : rest;
  if (distance >= multiple - distance && __builtin_add_overflow(out, rest < 0 ? -multiple : multiple, &out)) {
    return std::nullopt;
  }
  return std::to_string(out);
}

std::optional<std::string> rounded_to_digits(std::string_view text, int digits) {
  auto value = decimal_from(text);
  if (!value) return std::nullopt;
  const auto kept = static_cast<std::size_t>(digits);
  if (value->digits.size() <= kept) return std::string(text);
  const bool up = value->digits[kept] >= '5';
  value->digits.resize(kept);
  if (up) carry(*value);
  value->digits.erase(value->digits.find_last_not_of('0') + 1);
  return text_of(*value);
}

}  // namespace airlock::redaction
