#include "redaction/letters.hpp"

#include <algorithm>

#include "core/utf8.hpp"

namespace airlock::redaction {
namespace {

bool is_letter(char32_t c) {
  if (c < 0x80) return c >= 'a' && c <= 'z';
  if (c < 0x530) return c >= 0xC0 && c != 0xD7 && c != 0xF7;
  return (c >= 0x531 && c <= 0x587) || (c >= 0x5D0 && c <= 0x5EA) || (c >= 0x620 && c <= 0x65F) ||
         (c >= 0x66E && c <= 0x6D3) || (c >= 0x10A0 && c <= 0x10FF) || (c >= 0x1E00 && c <= 0x1FFF);
}

}  // namespace

std::size_t letter_bytes(std::string_view text) {
  if (static_cast<unsigned char>(text[0]) < 0x80) return is_letter(static_cast<unsigned char>(text[0])) ? 1 : 0;
  const core::CodePoint first = core::first_code_point(text);
  return first.bytes > 1 && is_letter(first.value) ? first.bytes : 0;
}

bool is_behind_letter(std::string_view text, std::size_t at) {
  constexpr std::size_t longest = 4;  // bytes of a character
  for (std::size_t bytes = 1; bytes <= std::min(at, longest); ++bytes) {
    if ((static_cast<unsigned char>(text[at - bytes]) & 0xC0) == 0x80) continue;
    return letter_bytes(text.substr(at - bytes, bytes)) == bytes;
  }
  return false;
}

bool is_all_letters(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = letter_bytes(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace airlock::redaction
