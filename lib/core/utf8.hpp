#pragma once
/// \file
/// UTF-8 (RFC 3629), strictly: no overlong form, no surrogate, nothing above U+10FFFF.

#include <cstddef>
#include <string_view>

namespace airlock::core {

/// Whether all of `text` is well-formed UTF-8.
[[nodiscard]] bool is_utf8(std::string_view text);

/// The number of bytes of the character that `text` begins with; 0 where the text is empty or the bytes are not UTF-8.
[[nodiscard]] std::size_t utf8_length(std::string_view text);

/// A character, and the number of its bytes.
struct CodePoint {
  char32_t value;
  std::size_t bytes;
};
/// The first character of `text`. Precondition: `is_utf8(text)`, and the text is not empty.
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Whether I-JSON forbids the code point as a noncharacter (RFC 7493 2.1): U+FDD0..U+FDEF and U+xxFFFE, U+xxFFFF.
[[nodiscard]] constexpr bool is_noncharacter(char32_t value) {
  return (value >= 0xFDD0 && value <= 0xFDEF) || (value & 0xFFFE) == 0xFFFE;
}

}  // namespace airlock::core
