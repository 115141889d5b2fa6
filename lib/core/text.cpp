#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "core/encoding.hpp"
#include "core/utf8.hpp"

namespace airlock::core {
namespace {

void append_byte_escape(std::string& out, char c) { out += "\\x" + to_hex({&c, 1}); }

struct CodePointRange {
  char32_t first;
  char32_t last;
};
/// Characters that a reader does not see, or takes for others. Sorted. From the Unicode Character Database 14.0:
/// - Default_Ignorable_Code_Point (DerivedCoreProperties.txt) and Bidi_Control (PropList.txt);
/// - the general categories Cc, Zl, Zp, Co, Zs except the space, and noncharacters (UnicodeData.txt), but not the
///   visible characters of Cf (Arabic, Syriac and Kaithi signs);
/// - blank characters that no property names (U+2800, U+16FE4, U+1D159);
/// - all planes from the fourth on, which have no other characters.
constexpr std::array<CodePointRange, 32> unseen{{
    {0x0000, 0x001F},   {0x007F, 0x00A0},    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},
    {0x115F, 0x1160},   {0x1680, 0x1680},    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x2000, 0x200F},
    {0x2028, 0x202F},   {0x205F, 0x206F},    {0x2800, 0x2800},   {0x3000, 0x3000},   {0x3164, 0x3164},
    {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB},   {0xFFFE, 0xFFFF},    {0x13430, 0x1345F}, {0x16FE4, 0x16FE4}, {0x1BCA0, 0x1BCA3},
    {0x1D159, 0x1D159}, {0x1D173, 0x1D17A},  {0x1FFFE, 0x1FFFF}, {0x2FFFE, 0x2FFFF}, {0x3FFFE, 0x3FFFF},
    {0x40000, 0xDFFFF}, {0xE0000, 0x10FFFF},
}};

bool is_unprintable(char32_t c) {
  if (c < 0x7F) return c < 0x20;
  const auto* const at = std::lower_bound(
      unseen.begin(), unseen.end(), c, [](const CodePointRange& range, char32_t value) { return range.last < value; });
  return at != unseen.end() && at->first <= c;
}

/// The characters that documents must not have: what the first release called unprintable.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || c == 0x061C || is_noncharacter(c);
}

/// The bytes of the first character that is bad, or the first byte that is not UTF-8; nothing where there is none.
std::optional<std::string_view> first_bad(std::string_view text, bool (*is_bad)(char32_t)) {
  while (!text.empty()) {
    if (text[0] >= ' ' && text[0] <= '~') {  // never bad
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = utf8_length(text);
    if (length == 0) return text.substr(0, 1);
    if (is_bad(first_code_point(text).value)) return text.substr(0, length);
    text.remove_prefix(length);
  }
  return std::nullopt;
}

/// Lower-case hex of at least four digits.
std::string hex_number(std::uint32_t value) {
  std::array<char, 8> digits{};
  const char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value, 16).ptr;
  const std::string out(digits.data(), static_cast<std::size_t>(end - digits.data()));
  return std::string(out.size() < 4 ? 4 - out.size() : 0, '0') + out;
}

/// `U+00AD`, or a phrase for a byte that is not UTF-8.
std::string in_words(std::string_view character) {
  if (utf8_length(character) == 0) return "a byte that is not UTF-8";
  std::string out = "U+";
  for (const char c : hex_number(first_code_point(character).value)) {
    out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

/// The number of bytes at the end of `text` that are an incomplete character.
std::size_t cut_at_the_end(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto c = static_cast<std::uint8_t>(text[text.size() - back]);
    if ((c & 0xC0) == 0x80) continue;
    const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= limit) return out + "…";
    const std::size_t length = utf8_length(text);
    if (length == 0 || is_unprintable(first_code_point(text).value)) {
      for (std::size_t i = 0; i < (length == 0 ? 1 : length); ++i) append_byte_escape(out, text[i]);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

bool is_printable(std::string_view text) { return !first_bad(text, is_unprintable); }

bool is_document_text(std::string_view text) { return !first_bad(text, is_control); }

void TerminalText::escape(std::string& out, std::string_view character) {
  has_escaped_ = true;
  if (utf8_length(character) == 0) return append_byte_escape(out, character[0]);
  const std::uint32_t value = first_code_point(character).value;
  if (value < 0x10000) {
    out += "\\u" + hex_number(value);
  } else {
    out += "\\u" + hex_number(0xD800 + ((value - 0x10000) >> 10)) + "\\u" + hex_number(0xDC00 + (value & 0x3FF));
  }
}

std::string TerminalText::add(std::string_view part) {
  pending_ += part;
  const std::string text = pending_.substr(0, pending_.size() - cut_at_the_end(pending_));
  pending_.erase(0, text.size());
  std::string out;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t length = std::max<std::size_t>(utf8_length(rest), 1);
    const std::string_view character = rest.substr(0, length);
    if (character == "\n" || character == "\t" || !first_bad(character, is_unprintable)) {
      out += character;
    } else {
      escape(out, character);
    }
    rest.remove_prefix(length);
  }
  return out;
}

std::string TerminalText::finish() {
  std::string out;
  for (std::size_t i = 0; i < pending_.size(); ++i) escape(out, std::string_view(pending_).substr(i, 1));
  pending_.clear();
  return out;
}

std::string terminal_text(std::string_view text) {
  TerminalText filter;
  std::string out = filter.add(text);
  return out + filter.finish();
}

std::string quote(std::string_view text, std::size_t limit) { return "`" + printable(text, limit) + "`"; }

std::string shell_path(std::string_view path) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+,:@%";
  const std::string named =
      (path.starts_with('-') ? "./" : "") + std::string(path);  // a leading dash would be an option
  if (!named.empty() && named.find_first_not_of(plain) == std::string::npos) return named;
  const bool shown = is_printable(named);
  std::string inside;
  for (const char c : named) {
    if (c == '\'') {
      inside += shown ? R"('\'')" : R"(\')";
    } else if (c == '\\' && !shown) {
      inside += R"(\\)";
    } else {
      inside += c;
    }
  }
  return shown ? "'" + inside + "'" : "$'" + printable(inside, std::string::npos) + "'";
}

Result<void> check_typed(std::string_view what, std::string_view text, std::size_t limit, std::string_view hint) {
  const auto bad = first_bad(text, is_unprintable);
  if (text.size() <= limit && !bad) return {};
  std::string message = std::string(what) + " must be printable text of at most " + std::to_string(limit) + " bytes";
  if (bad) {
    message += "; byte " + std::to_string(bad->data() - text.data() + 1) + " begins " + in_words(*bad) +
               ", which is invisible to a reader";
  }
  return fail(Code::usage, std::move(message), std::string(hint));
}

Result<void> check_reason(std::string_view text, std::string_view hint) {
  if (!text.empty()) return check_typed("the reason", text, reason_limit, hint);
  return fail(Code::usage, "the reason must be printable text of at most " + std::to_string(reason_limit) + " bytes",
              std::string(hint));
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string lower_first(std::string text) {
  const auto is_capital = [](char c) { return c >= 'A' && c <= 'Z'; };
  const bool is_lower_next = text.size() > 1 && text[1] >= 'a' && text[1] <= 'z';
  if (is_lower_next && is_capital(text[0])) text[0] = to_lower(text.substr(0, 1))[0];
  return text;
}

}  // namespace airlock::core
