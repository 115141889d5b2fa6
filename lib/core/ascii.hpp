#pragma once
/// \file
/// Classes of ASCII characters, in no locale, and what documents may use as names.

#include <algorithm>
#include <string_view>

namespace airlock::core {

[[nodiscard]] constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
[[nodiscard]] constexpr bool is_alphanumeric(char c) { return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z'); }

/// The value of a hex digit in either case; -1 for another character.
[[nodiscard]] constexpr int hex_value(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Whether `text` has digits only and is not empty.
[[nodiscard]] constexpr bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

/// Whether `text` has 1 to 64 letters, digits, `.`, `_`, `-`, the first a letter or a digit.
[[nodiscard]] constexpr bool is_serial(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

/// Whether `text` can name something in a licence, a policy or a dictionary: a serial without upper case.
[[nodiscard]] constexpr bool is_name(std::string_view text) {
  return is_serial(text) && std::none_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}
inline constexpr std::string_view name_rule =
    "must have 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, and begin with a letter or a digit";

}  // namespace airlock::core
