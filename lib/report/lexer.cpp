#include "report/lexer.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "core/ascii.hpp"
#include "core/encoding.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"

namespace airlock::report {

using core::Result;

namespace {

constexpr std::size_t longest_escape = 12;  // \ud83d\ude00

std::uint8_t octet(char c) { return static_cast<std::uint8_t>(c); }

constexpr std::array<bool, 256> make_plain() {
  std::array<bool, 256> plain{};
  for (std::size_t c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}
/// The ASCII bytes that need no decoding in a string.
constexpr std::array<bool, 256> plain = make_plain();

/// The highest bit of each byte of `word` that is not plain, up to the first such byte. Higher bits mean nothing.
std::uint64_t not_plain(std::uint64_t word) {
  constexpr std::uint64_t ones = 0x0101010101010101;
  constexpr std::uint64_t tops = 0x8080808080808080;
  const auto below = [&](std::uint64_t bytes, std::uint64_t limit) { return (bytes - ones * limit) & ~bytes; };
  return (word | below(word, 0x20) | below(word ^ ones * '"', 1) | below(word ^ ones * '\\', 1)) & tops;
}

std::size_t plain_prefix(std::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  std::size_t at = 0;
  for (std::uint64_t word = 0; text.size() - at >= sizeof word; at += sizeof word) {
    std::memcpy(&word, text.data() + at, sizeof word);
    if (const std::uint64_t found = not_plain(word)) return at + static_cast<std::size_t>(std::countr_zero(found)) / 8;
  }
  while (at < text.size() && plain[octet(text[at])]) ++at;
  return at;
}

std::optional<char32_t> code_unit(std::string_view four_digits) {
  const auto raw = four_digits.size() == 4 ? core::from_hex(four_digits) : std::nullopt;
  if (!raw) return std::nullopt;
  return static_cast<char32_t>(octet((*raw)[0]) << 8 | octet((*raw)[1]));
}

void append_utf8(std::string& out, char32_t value) {
  const auto tail = [&](int shift) { out += static_cast<char>(0x80 | (value >> shift & 0x3F)); };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    tail(0);
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    tail(6), tail(0);
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    tail(12), tail(6), tail(0);
  }
}

tl::unexpected<core::Error> refuse_long(std::uint64_t offset, std::string_view what, std::size_t limit) {
  return refuse(offset, "the " + std::string(what) + " is longer than " + std::to_string(limit) + " bytes");
}

constexpr std::string_view noncharacter = "a noncharacter, which I-JSON forbids";

}  // namespace

tl::unexpected<core::Error> refuse(std::uint64_t offset, std::string_view why) {
  return core::fail(core::Code::bad_input, "byte " + std::to_string(offset) + ": " + std::string(why));
}

tl::unexpected<core::Error> refuse_next(const Window& in, std::string_view wanted) {
  const std::string found = in.rest().empty() ? "the end" : core::quote(in.rest().substr(0, 1));
  return refuse(in.offset(), "expected " + std::string(wanted) + ", found " + found);
}

Result<std::string_view> Lexer::string(std::size_t limit, std::string_view what) {
  const std::uint64_t begin = in_.offset();
  in_.advance(1);
  text_.clear();
  for (;;) {
    const std::string_view rest = in_.rest();
    const std::size_t run = plain_prefix(rest);
    if (text_.size() + run > limit) return refuse_long(begin, what, limit);
    const bool closed = run < rest.size() && rest[run] == '"';
    in_.advance(closed ? run + 1 : run);
    if (closed && text_.empty()) return rest.substr(0, run);
    text_ += rest.substr(0, run);
    if (closed) return text_;

    AIRLOCK_CHECK(in_.ensure(longest_escape));
    if (in_.rest().empty()) return refuse_next(in_, "the end of the " + std::string(what));
    const char next = in_.rest().front();
    if (next == '\\') {
      AIRLOCK_CHECK(escape());
    } else if (octet(next) >= 0x80) {
      AIRLOCK_CHECK(beyond_ascii());
    } else if (!plain[octet(next)] && next != '"') {
      return refuse(in_.offset(), "control character " + core::quote(in_.rest().substr(0, 1)) + " in a string");
    }
    if (text_.size() > limit) return refuse_long(begin, what, limit);
  }
}

Result<void> Lexer::escape() {
  const std::string_view rest = in_.rest();
  if (rest.size() < 2) return refuse(in_.size(), "expected the rest of an escape, found the end");
  switch (rest[1]) {
    case '"':
    case '\\':
    case '/':
      text_ += rest[1];
      break;
    case 'b':
      text_ += '\b';
      break;
    case 'f':
      text_ += '\f';
      break;
    case 'n':
      text_ += '\n';
      break;
    case 'r':
      text_ += '\r';
      break;
    case 't':
      text_ += '\t';
      break;
    case 'u':
      return unicode_escape();
    default:
      return refuse(in_.offset() + 1, core::quote(rest.substr(1, 1)) + " is not an escape");
  }
  in_.advance(2);
  return {};
}

Result<void> Lexer::unicode_escape() {
  const std::string_view rest = in_.rest();
  const auto unit = code_unit(rest.substr(2, 4));
  if (!unit) return refuse(in_.offset(), "expected four hexadecimal digits after `\\u`");
  char32_t value = *unit;
  std::size_t length = 6;
  if (value >= 0xD800 && value <= 0xDFFF) {
    const char32_t low = rest.substr(6, 2) == "\\u" ? code_unit(rest.substr(8, 4)).value_or(0) : 0;
    if (value >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) {
      return refuse(in_.offset(), "an unpaired surrogate, which I-JSON forbids");
    }
    value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
    length = longest_escape;
  }
  if (core::is_noncharacter(value)) return refuse(in_.offset(), noncharacter);
  append_utf8(text_, value);
  in_.advance(length);
  return {};
}

Result<void> Lexer::beyond_ascii() {
  const std::uint8_t lead = octet(in_.rest().front());
  const std::string_view sequence = in_.rest().substr(0, lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4);
  if (!core::is_utf8(sequence)) return refuse(in_.offset(), "ill-formed UTF-8");
  if (core::is_noncharacter(core::first_code_point(sequence).value)) return refuse(in_.offset(), noncharacter);
  text_ += sequence;
  in_.advance(sequence.size());
  return {};
}

Result<std::string_view> Lexer::number(std::size_t limit) {
  const std::uint64_t begin = in_.offset();
  AIRLOCK_CHECK(in_.ensure(limit + 1));
  const std::string_view rest = in_.rest();
  std::size_t at = 0;
  const auto is_next = [&](char c) { return at < rest.size() && rest[at] == c; };
  const auto digits = [&] {
    const std::size_t first = at;
    while (at < rest.size() && core::is_digit(rest[at])) ++at;
    return at > first;
  };
  const auto grammar = [&] {
    if (is_next('-')) ++at;
    if (is_next('0')) {
      ++at;  // a digit after it is refused as the next token
    } else if (!digits()) {
      return false;
    }
    if (is_next('.')) {
      ++at;
      if (!digits()) return false;
    }
    if (is_next('e') || is_next('E')) {
      ++at;
      if (is_next('+') || is_next('-')) ++at;
      if (!digits()) return false;
    }
    return true;
  };
  const bool fits = grammar();
  // Checked first: a longer number may go on beyond the window.
  if (at > limit) return refuse_long(begin, "number", limit);
  in_.advance(at);
  if (!fits) return refuse_next(in_, "a digit");
  return rest.substr(0, at);
}

Result<std::string_view> Lexer::word(std::string_view word) {
  AIRLOCK_CHECK(in_.ensure(word.size()));
  const std::string_view found = in_.rest().substr(0, word.size());
  if (found != word) return refuse(in_.offset(), "expected `" + std::string(word) + "`");
  in_.advance(word.size());
  return found;
}

}  // namespace airlock::report
