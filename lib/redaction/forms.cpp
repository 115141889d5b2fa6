#include "redaction/forms.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "core/ascii.hpp"
#include "core/text.hpp"
#include "core/utf8.hpp"

namespace airlock::redaction {
namespace {

constexpr std::size_t base64_run_minimum = 8;  // digits that encode encoded_bytes_minimum bytes
constexpr std::size_t hex_run_minimum = 2 * encoded_bytes_minimum;

/// The value of a digit of either alphabet, standard or URL-safe; -1 for other characters.
constexpr int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

/// The value of each byte as a digit: -1 if it is no digit, -2 for a line break, which may occur between digits.
using Values = std::array<std::int8_t, 256>;
constexpr std::int8_t line_break = -2;
constexpr Values values_of(int (*digit)(char)) {
  Values out{};
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::int8_t>(digit(static_cast<char>(i)));
  out['\r'] = out['\n'] = line_break;
  return out;
}
constexpr Values base64_values = values_of(base64_digit);
constexpr Values hex_values = values_of(core::hex_value);

std::int8_t value_of(const Values& values, char c) { return values[static_cast<unsigned char>(c)]; }

/// The number that the `count` hex digits at `at` make, or -1.
int hex_number(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    const int digit = core::hex_value(text[i]);
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

/// Reads the `\uXXXX` at `at`, or the pair of them for a character beyond U+FFFF. Moves `at` past it and appends the
/// character. False if there is no such escape.
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

/// The same for any escape of a JSON string.
bool take_escape(std::string_view text, std::size_t& at, std::string& out) {
  if (take_unicode_escape(text, at, out)) return true;
  static constexpr std::string_view letters = "\"\\/bfnrt";
  static constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
  const auto letter = at + 1 < text.size() ? letters.find(text[at + 1]) : letters.npos;
  if (letter == letters.npos) return false;
  out += meant[letter];
  at += 2;
  return true;
}

/// The same for `%XX`.
bool take_percent(std::string_view text, std::size_t& at, std::string& out) {
  const int value = hex_number(text, at + 1, 2);
  if (value < 0) return false;
  out += static_cast<char>(value);
  at += 3;
  return true;
}

/// Undoes all percent-encoding and escapes; false if there is none. `changed` gets the offsets in `out` of the bytes
/// that were encoded.
bool undo_soft(std::string_view text, std::string& out, std::vector<std::uint32_t>& changed) {
  out.clear();
  changed.clear();
  for (std::size_t at = 0; at < text.size();) {
    std::size_t next = at;
    while (next < text.size() && text[next] != '%' && text[next] != '\\') ++next;
    out.append(text, at, next - at);
    at = next;
    if (at == text.size()) break;
    const std::size_t begin = out.size();
    if (text[at] == '%' ? take_percent(text, at, out) : take_escape(text, at, out)) {
      for (std::size_t i = begin; i < out.size(); ++i) changed.push_back(static_cast<std::uint32_t>(i));
    } else {
      out += text[at++];
    }
  }
  return !changed.empty();
}

/// The ASCII characters that occur in text: those that can be printed, tab and line breaks.
constexpr std::array<bool, 256> plain_characters() {
  std::array<bool, 256> out{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) out[c] = true;
  out['\t'] = out['\n'] = out['\r'] = true;
  return out;
}
constexpr std::array<bool, 256> is_plain = plain_characters();

/// How many bytes the first character of `text` has if it is beyond ASCII, otherwise 0.
std::size_t beyond_ascii_bytes(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t length = first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  return length > 0 && text.size() >= length && core::is_utf8(text.substr(0, length)) ? length : 0;
}

/// Decodes the digits of a run, beginning with the digit `from`.
void pack(std::span<const std::uint8_t> digits, std::size_t from, unsigned bits_each, std::string& out) {
  out.resize((digits.size() - from) * bits_each / 8);
  std::size_t at = 0;
  std::size_t i = from;
  const auto put = [&](unsigned byte) { out[at++] = static_cast<char>(static_cast<unsigned char>(byte & 0xFF)); };
  // Four digits of 6 bits make three bytes, two of 4 bits make one; the rest is packed bit by bit.
  for (; bits_each == 6 && i + 4 <= digits.size(); i += 4) {
    const unsigned three = static_cast<unsigned>(digits[i]) << 18 | static_cast<unsigned>(digits[i + 1]) << 12 |
                           static_cast<unsigned>(digits[i + 2]) << 6 | digits[i + 3];
    put(three >> 16), put(three >> 8), put(three);
  }
  for (; bits_each == 4 && i + 2 <= digits.size(); i += 2) put(static_cast<unsigned>(digits[i]) << 4 | digits[i + 1]);
  unsigned pending = 0;
  unsigned bits = 0;
  for (; i < digits.size(); ++i) {
    pending = (pending << bits_each | digits[i]) & 0xFFFF;
    bits += bits_each;
    if (bits < 8) continue;
    bits -= 8;
    put(pending >> bits);
  }
}

std::string_view without_padding(std::string_view text) { return text.substr(0, text.find_last_not_of('=') + 1); }

void add_needle_forms(std::string_view text, int layers, std::vector<std::string>& out);

/// If the whole text consists of digits of the encoding: adds the forms of the text that they encode.
void add_decoded(std::string_view text, const Values& values, unsigned bits, std::size_t minimum, int layers,
                 std::vector<std::string>& out) {
  const auto unpadded = without_padding(text);
  if (unpadded.size() < minimum) return;
  std::vector<std::uint8_t> digits;
  for (const char c : unpadded) {
    if (value_of(values, c) < 0) return;
    digits.push_back(static_cast<std::uint8_t>(value_of(values, c)));
  }
  std::string decoded;
  pack(digits, 0, bits, decoded);
  if (core::is_document_text(decoded)) add_needle_forms(decoded, layers - 1, out);
}

void add_needle_forms(std::string_view text, int layers, std::vector<std::string>& out) {
  if (text.empty()) return;
  std::string folded = core::to_lower(text);
  if (std::find(out.begin(), out.end(), folded) == out.end()) out.push_back(std::move(folded));
  if (layers == 0) return;
  std::string soft;
  std::vector<std::uint32_t> changed;
  if (undo_soft(text, soft, changed)) add_needle_forms(soft, layers - 1, out);
  add_decoded(text, base64_values, 6, base64_run_minimum, layers, out);
  add_decoded(text, hex_values, 4, hex_run_minimum, layers, out);
}

}  // namespace

/// An encoding that replaces text by digits of a fixed number of bits.
struct Forms::Encoding {
  const Values& values;
  unsigned bits;           ///< of one digit
  std::size_t alignments;  ///< how many digits at the front of a run may not belong to the encoded text
  std::size_t run_minimum;
};
const std::array<Forms::Encoding, 2> Forms::encodings{
    {{base64_values, 6, 4, base64_run_minimum}, {hex_values, 4, 2, hex_run_minimum}}};

bool Forms::any(std::string_view text, const Test& test) { return visit({text, true}, 0, nullptr, test); }

/// `form` is not in lower case here. If `form` is the result of undoing soft encodings, `changed` is as in Layer;
/// otherwise it is null.
bool Forms::visit(const Form& form, std::size_t depth, const std::vector<std::uint32_t>* changed, const Test& test) {
  Layer& layer = layers_[depth];
  layer.lower.assign(form.text);
  for (char& c : layer.lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (test({layer.lower, form.is_whole})) return true;
  if (depth == layers_limit) return false;
  if ((form.text.find('%') != form.text.npos || form.text.find('\\') != form.text.npos) &&
      undo_soft(form.text, layer.soft, layer.changed)) {
    if (visit({layer.soft, form.is_whole}, depth + 1, &layer.changed, test)) return true;
  }
  return std::any_of(encodings.begin(), encodings.end(),
                     [&](const Encoding& encoding) { return visit_runs(form, depth, encoding, changed, test); });
}

bool Forms::visit_runs(const Form& form, std::size_t depth, const Encoding& encoding,
                       const std::vector<std::uint32_t>* changed, const Test& test) {
  const std::string_view text = form.text;
  auto& digits = layers_[depth].digits;
  if (digits.size() < text.size()) digits.resize(text.size());
  std::size_t next_change = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (value_of(encoding.values, text[i]) < 0) {
      ++i;
      continue;
    }
    const std::size_t begin = i;
    std::size_t count = 0;
    for (std::int8_t value = 0; i < text.size() && (value = value_of(encoding.values, text[i])) != -1; ++i) {
      digits[count] = static_cast<std::uint8_t>(value);
      count += value >= 0 ? 1U : 0U;
    }
    if (changed != nullptr) {
      // A run that has no changed character, and none next to it, was already decoded before soft encodings were
      // undone.
      while (next_change < changed->size() && (*changed)[next_change] + 1 < begin) ++next_change;
      if (next_change == changed->size() || (*changed)[next_change] > i) continue;
    }
    if (count < encoding.run_minimum) continue;
    const bool is_all = form.is_whole && begin == 0 && i >= without_padding(text).size();
    if (visit_run(std::span(digits).first(count), is_all, depth, encoding, test)) return true;
  }
  return false;
}

bool Forms::visit_run(std::span<const std::uint8_t> digits, bool is_whole, std::size_t depth, const Encoding& encoding,
                      const Test& test) {
  Layer& layer = layers_[depth];
  for (std::size_t from = 0; from < encoding.alignments; ++from) {
    pack(digits, from, encoding.bits, layer.bytes);
    const std::string_view bytes = layer.bytes;
    for (std::size_t i = 0; i < bytes.size();) {
      const std::size_t begin = i;
      for (;;) {
        while (i < bytes.size() && is_plain[static_cast<unsigned char>(bytes[i])]) ++i;
        const std::size_t length = i < bytes.size() ? beyond_ascii_bytes(bytes.substr(i)) : 0;
        if (length == 0) break;
        i += length;
      }
      const std::string_view part = bytes.substr(begin, i - begin);
      const bool is_all = is_whole && from == 0 && part.size() == bytes.size();
      if (part.size() >= encoded_bytes_minimum && visit({part, is_all}, depth + 1, nullptr, test)) return true;
      if (i < bytes.size()) ++i;
    }
  }
  return false;
}

std::vector<std::string> needle_forms(std::string_view text) {
  std::vector<std::string> out;
  add_needle_forms(text, layers_limit, out);
  return out;
}

}  // namespace airlock::redaction
