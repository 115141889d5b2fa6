#include "redaction/forms.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/text.hpp"

namespace airlock::redaction {
namespace {

constexpr std::size_t base64_run_least = 8;  // characters that hold encoded_bytes_least bytes
constexpr std::size_t hex_run_least = 2 * encoded_bytes_least;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Of both alphabets, standard and URL-safe.
int base64_value(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

/// The number that the `count` hex digits at `at` make, or -1.
int hex_number(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = hex_value(text[i]);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

void append_utf8(std::string& out, char32_t c) {
  const auto put = [&](char32_t byte) { out += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  }
}

/// `text` with each `%XX` replaced by its byte; nothing where there is none.
std::optional<std::string> percent_decoded(std::string_view text) {
  if (text.find('%') == text.npos) return std::nullopt;
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int value = text[i] == '%' ? hex_number(text, i + 1, 2) : -1;
    out += value < 0 ? text[i] : static_cast<char>(value);
    if (value >= 0) i += 2;
  }
  return out.size() == text.size() ? std::nullopt : std::optional(std::move(out));
}

/// Takes the `\uXXXX` at `at` (a pair of them for what is beyond U+FFFF), moves `at` behind it and appends what it
/// stands for; false where none stands there.
bool take_unicode_escape(std::string_view text, std::size_t& at, std::string& out) {
  const auto unit_at = [&](std::size_t i) { return text.substr(i, 2) == "\\u" ? hex_number(text, i + 2, 4) : -1; };
  const int first = unit_at(at);
  if (first < 0) return false;
  at += 6;
  char32_t c = static_cast<char32_t>(first);
  const int second = c >= 0xD800 && c <= 0xDBFF ? unit_at(at) : -1;
  if (second >= 0xDC00 && second <= 0xDFFF) {
    c = 0x10000 + ((c & 0x3FF) << 10) + (static_cast<char32_t>(second) & 0x3FF);
    at += 6;
  }
  append_utf8(out, c);
  return true;
}

/// `text` with the escapes of a JSON string undone; nothing where there is none.
std::optional<std::string> unescaped(std::string_view text) {
  if (text.find('\\') == text.npos) return std::nullopt;
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (take_unicode_escape(text, at, out)) continue;
    const auto letter = text[at] == '\\' && at + 1 < text.size() ? letters.find(text[at + 1]) : letters.npos;
    out += letter == letters.npos ? text[at] : meant[letter];
    at += letter == letters.npos ? 1 : 2;
  }
  return out.size() == text.size() ? std::nullopt : std::optional(std::move(out));
}

/// The bytes that the digits of a run make from the digit `from` on; digits have 6 bits (base64) or 4 (hex).
std::string packed(const std::vector<std::uint8_t>& digits, std::size_t from, unsigned bits_each) {
  std::string out;
  out.reserve((digits.size() - from) * bits_each / 8);
  unsigned pending = 0;
  unsigned bits = 0;
  for (std::size_t i = from; i < digits.size(); ++i) {
    pending = (pending << bits_each | digits[i]) & 0xFFFF;
    bits += bits_each;
    if (bits < 8) continue;
    bits -= 8;
    out += static_cast<char>(static_cast<unsigned char>(pending >> bits));
  }
  return out;
}

/// An encoding whose digits stand one after the other.
struct Digits {
  int (*value)(char);
  unsigned bits;           ///< of one digit
  std::size_t alignments;  ///< from how many digits on it may have begun
  std::size_t run_least;
};
constexpr std::array<Digits, 2> digit_encodings{
    {{base64_value, 6, 4, base64_run_least}, {hex_value, 4, 2, hex_run_least}}};

/// Calls `with` for the bytes of each run of digits in `text` at each alignment, until it returns true.
bool any_run(std::string_view text, const Digits& encoding, const std::function<bool(std::string_view)>& with) {
  std::vector<std::uint8_t> run;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const bool is_break = i < text.size() && (text[i] == '\r' || text[i] == '\n');
    const int value = i < text.size() ? encoding.value(text[i]) : -1;
    if (is_break) continue;
    if (value >= 0) {
      run.push_back(static_cast<std::uint8_t>(value));
      continue;
    }
    for (std::size_t from = 0; run.size() >= encoding.run_least && from < encoding.alignments; ++from) {
      if (with(packed(run, from, encoding.bits))) return true;
    }
    run.clear();
  }
  return false;
}

/// What the whole of `text` is an encoding of, if anything printable.
std::vector<std::string> decoded_whole(std::string_view text) {
  std::vector<std::string> out;
  for (auto& decoded : {percent_decoded(text), unescaped(text)}) {
    if (decoded) out.push_back(*decoded);
  }
  const auto unpadded = text.substr(0, text.find_last_not_of('=') + 1);
  for (const Digits& encoding : digit_encodings) {
    const auto is_digit = [&](char c) { return encoding.value(c) >= 0; };
    if (unpadded.size() < encoding.run_least || !std::all_of(unpadded.begin(), unpadded.end(), is_digit)) continue;
    std::vector<std::uint8_t> digits;
    for (const char c : unpadded) digits.push_back(static_cast<std::uint8_t>(encoding.value(c)));
    out.push_back(packed(digits, 0, encoding.bits));
  }
  std::erase_if(out, [](const std::string& decoded) { return decoded.empty() || !core::is_document_text(decoded); });
  return out;
}

void add_needle_forms(std::string_view text, int layers, std::vector<std::string>& out) {
  std::string folded = core::to_lower(text);
  if (std::find(out.begin(), out.end(), folded) == out.end()) out.push_back(std::move(folded));
  if (layers == 0) return;
  for (const std::string& decoded : decoded_whole(text)) add_needle_forms(decoded, layers - 1, out);
}

}  // namespace

bool any_form(std::string_view text, const std::function<bool(std::string_view)>& test, int layers) {
  if (test(core::to_lower(text))) return true;
  if (layers == 0) return false;
  for (const auto& decoded : {percent_decoded(text), unescaped(text)}) {
    if (decoded && any_form(*decoded, test, layers - 1)) return true;
  }
  const auto deeper = [&](std::string_view decoded) { return any_form(decoded, test, layers - 1); };
  return std::any_of(digit_encodings.begin(), digit_encodings.end(),
                     [&](const Digits& encoding) { return any_run(text, encoding, deeper); });
}

std::vector<std::string> needle_forms(std::string_view text) {
  std::vector<std::string> out;
  add_needle_forms(text, layers_limit, out);
  return out;
}

}  // namespace airlock::redaction
