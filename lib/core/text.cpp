#include "core/text.hpp"

#include <algorithm>
#include <array>

#include "core/digest.hpp"

namespace airlock::core {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// The value of each digit, and for what is none a bit above all of theirs. A kit is 40 KiB of base64 that is read at
/// each check of a licence.
constexpr std::uint8_t no_digit = 0x80;
constexpr auto base64_values = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < base64_digits.size(); ++i) {
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

void append_utf8_escape(std::string& out, char c) {
  out += "\\x";
  out += hex_digits[byte(c) >> 4];
  out += hex_digits[byte(c) & 15];
}

/// Length of the well-formed UTF-8 sequence that `text` starts with, or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  if (text.empty()) return 0;
  const std::uint8_t lead = byte(text[0]);
  if (lead < 0x80) return 1;
  std::size_t length = 0;
  std::uint8_t low = 0x80;
  std::uint8_t high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    length = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    length = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    length = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (text.size() < length || byte(text[1]) < low || byte(text[1]) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if ((byte(text[i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

struct Range {
  char32_t first;
  char32_t last;
};
/// What nobody sees in a text, or not as what it is. From the Unicode Character Database 14.0:
/// Default_Ignorable_Code_Point (DerivedCoreProperties.txt), Bidi_Control (PropList.txt), the general categories Cc,
/// Zl, Zp, Zs but for the space, Co and noncharacters (UnicodeData.txt). Of Cf those that are visible stay (Arabic,
/// Syriac and Kaithi signs). Besides: blank ones that no property names (U+2800, U+16FE4, U+1D159), and all planes from
/// the fourth on, which hold nothing else. Sorted.
constexpr std::array<Range, 32> unseen{{
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
  const auto* const at = std::lower_bound(unseen.begin(), unseen.end(), c,
                                          [](const Range& range, char32_t value) { return range.last < value; });
  return at != unseen.end() && at->first <= c;
}

/// What the first release took for unprintable, and refused in documents.
bool is_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c <= 0x9F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x2069) || c == 0xFEFF || c == 0x061C || is_noncharacter(c);
}

/// Bytes of the first thing in `text` that is no character which `is_bad` passes; nothing where all are.
std::optional<std::string_view> first_bad(std::string_view text, bool (*is_bad)(char32_t)) {
  while (!text.empty()) {
    if (text[0] >= ' ' && text[0] <= '~') {  // neither `is_bad` names any of these
      text.remove_prefix(1);
      continue;
    }
    const std::size_t length = sequence_length(text);
    if (length == 0) return text.substr(0, 1);
    if (is_bad(first_code_point(text).value)) return text.substr(0, length);
    text.remove_prefix(length);
  }
  return std::nullopt;
}

std::string hex_number(std::uint32_t value) {
  std::string out;
  for (int shift = 20; shift >= 0; shift -= 4) {
    if (shift < 16 || !out.empty() || value >> shift != 0) out += hex_digits[value >> shift & 15];
  }
  return out;
}

/// `U+00AD`, or what else stands there.
std::string in_words(std::string_view character) {
  if (sequence_length(character) == 0) return "a byte that is not UTF-8";
  std::string out = "U+";
  for (const char c : hex_number(first_code_point(character).value)) {
    out += c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return out;
}

/// How many bytes of a character that was cut off stand at the end of `text`.
std::size_t cut_at_the_end(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const std::uint8_t c = byte(text[text.size() - back]);
    if ((c & 0xC0) == 0x80) continue;
    const std::size_t length = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += hex_digits[byte(c) >> 4];
    out += hex_digits[byte(c) & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = bytes.size() - i;
    const std::uint32_t group = static_cast<std::uint32_t>(byte(bytes[i])) << 16 |
                                (left > 1 ? static_cast<std::uint32_t>(byte(bytes[i + 1])) << 8 : 0U) |
                                (left > 2 ? static_cast<std::uint32_t>(byte(bytes[i + 2])) : 0U);
    out += base64_digits[group >> 18];
    out += base64_digits[group >> 12 & 63];
    out += left > 1 ? base64_digits[group >> 6 & 63] : '=';
    out += left > 2 ? base64_digits[group & 63] : '=';
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  std::string out(text.size() / 4 * 3, '\0');
  std::uint32_t bad = 0;
  const auto read_group = [&bad](const char* from, char* into) {
    const std::uint32_t a = base64_values[byte(from[0])];
    const std::uint32_t b = base64_values[byte(from[1])];
    const std::uint32_t c = base64_values[byte(from[2])];
    const std::uint32_t d = base64_values[byte(from[3])];
    bad |= (a | b | c | d) & no_digit;
    into[0] = static_cast<char>(a << 2 | b >> 4);
    into[1] = static_cast<char>(b << 4 | c >> 2);
    into[2] = static_cast<char>(c << 6 | d);
  };
  const std::size_t whole = (text.size() - padding) / 4;
  for (std::size_t i = 0; i < whole; ++i) read_group(text.data() + 4 * i, out.data() + 3 * i);
  if (padding > 0) {
    std::array<char, 4> last{'A', 'A', 'A', 'A'};
    std::copy_n(text.end() - 4, 4 - padding, last.begin());
    std::array<char, 3> end{};
    read_group(last.data(), end.data());
    // What the padding leaves out must be zero.
    if (end[2] != 0 || (padding == 2 && end[1] != 0)) return std::nullopt;
    std::copy_n(end.begin(), 3 - padding, out.begin() + static_cast<std::ptrdiff_t>(3 * whole));
    out.resize(out.size() - padding);
  }
  if (bad != 0) return std::nullopt;
  return out;
}

std::string to_base32(std::string_view bytes) {
  std::string out;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : bytes) {
    pending = (pending << 8 | byte(c)) & 0xFFFF;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += base32_digits[pending >> bits & 31];
    }
  }
  if (bits > 0) out += base32_digits[pending << (5 - bits) & 31];
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

CodePoint first_code_point(std::string_view text) {
  const std::size_t length = sequence_length(text);
  if (length <= 1) return {static_cast<char32_t>(byte(text[0])), 1};
  static constexpr std::array<std::uint8_t, 5> lead_mask{0, 0x7F, 0x1F, 0x0F, 0x07};
  char32_t value = byte(text[0]) & lead_mask[length];
  for (std::size_t i = 1; i < length; ++i) value = value << 6 | (byte(text[i]) & 0x3FU);
  return {value, length};
}

std::string printable(std::string_view text, std::size_t limit) {
  std::string out;
  while (!text.empty()) {
    if (out.size() >= limit) return out + "…";
    const std::size_t length = sequence_length(text);
    if (length == 0 || is_unprintable(first_code_point(text).value)) {
      for (std::size_t i = 0; i < (length == 0 ? 1 : length); ++i) append_utf8_escape(out, text[i]);
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
  if (sequence_length(character) == 0) return append_utf8_escape(out, character[0]);
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
    const std::size_t length = std::max<std::size_t>(sequence_length(rest), 1);
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
  const std::string named = (path.starts_with('-') ? "./" : "") + std::string(path);  // no option
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
               ", which a reader would not see";
  }
  return fail(Code::usage, std::move(message), std::string(hint));
}

Result<void> check_reason(std::string_view text, std::string_view hint) {
  if (!text.empty()) return check_typed("the reason", text, reason_limit, hint);
  return fail(Code::usage, "the reason must be printable text of at most " + std::to_string(reason_limit) + " bytes",
              std::string(hint));
}

std::string big_endian_64(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[7 - i] = static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
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

std::string uuid_v4(std::span<const std::uint8_t, 16> random) {
  std::string raw(random.begin(), random.end());
  raw[6] = static_cast<char>((byte(raw[6]) & 0x0F) | 0x40);
  raw[8] = static_cast<char>((byte(raw[8]) & 0x3F) | 0x80);
  std::string out = to_hex(raw);
  for (const std::size_t at : {8U, 13U, 18U, 23U}) out.insert(at, 1, '-');
  return out;
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : hex_value(text[i]) < 0) return false;
  }
  return true;
}

std::string Digest::hex() const { return to_hex(view()); }

Result<Digest> Digest::from_hex(std::string_view text) {
  const auto raw = core::from_hex(text);
  if (!raw || raw->size() != size || to_lower(text) != text) {
    return fail(Code::bad_input, quote(text) + " is not a SHA-256 in lower-case hex");
  }
  return from_bytes(*raw);
}

Result<Digest> Digest::from_bytes(std::string_view raw) {
  if (raw.size() != size) return fail(Code::bad_input, "a SHA-256 has 32 bytes, not " + std::to_string(raw.size()));
  Digest digest;
  for (std::size_t i = 0; i < size; ++i) digest.bytes[i] = byte(raw[i]);
  return digest;
}

}  // namespace airlock::core
