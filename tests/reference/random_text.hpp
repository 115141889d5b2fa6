#pragma once
/// \file
/// Random values of each type of the dictionary, and random ways to write a value in each form. The same seed makes the
/// same texts.

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "dictionary/field.hpp"

namespace leak_rate {

using airlock::dictionary::Type;

/// How a copy of a value is written.
enum class Form {
  plain,
  letter_case,
  percent,
  escapes,
  base64,
  hex,
  layers,
  joined,          ///< within a longer text, next to characters that are neither letters nor digits
  joined_closely,  ///< within a longer text, next to letters or digits
  undone,          ///< encoded at its own place, and the copy is not
  part,            ///< a part of a longer text; only the part is copied
  cut,             ///< a space or line break within
  split,           ///< in two parts at two places
  json_number,     ///< digits, copied into a number
};
inline constexpr std::size_t form_count = 14;

[[nodiscard]] inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
[[nodiscard]] inline bool is_ascii_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class RandomText {
 public:
  explicit RandomText(std::uint64_t seed) : random_(seed) {}

  /// A number from 0 to `end - 1`.
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <typename List>
  const auto& one_of(const List& list) {
    return list[below(std::size(list))];
  }

  /// ASCII letters; the first may be in upper case.
  std::string letters(std::size_t count);
  std::string digits(std::size_t count);
  /// A value that fits the type.
  std::string value_of(Type type);

  /// `text` in the form, or as it is for forms that concern more than the text. Forms other than `layers` may have
  /// other text around the encoding.
  std::string in_form(const std::string& text, Form form);
  std::string escapes(const std::string& text);
  /// `text` in one encoding, with nothing around it.
  std::string encoded_as_a_whole(const std::string& text);
  /// `text` within a longer text: next to letters or digits if `closely`.
  std::string joined(const std::string& text, bool closely);

 private:
  std::string other_script();
  std::string any_text();
  std::string percent(const std::string& text);
  std::string base64(const std::string& text);
  std::string hex(const std::string& text);
  std::string layers(const std::string& text);
  std::string cut(std::string text);

  std::mt19937_64 random_;
};

}  // namespace leak_rate
