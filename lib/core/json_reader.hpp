#pragma once
/// \file
/// The grammar of JSON (RFC 8259), for json.cpp: reads a text byte by byte and tells what is in it. It accepts what the
/// parser of nlohmann accepts, gives numbers the same types, and gives up at the same byte; a test compares the two.

#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

namespace airlock::core {

/// `Events` has `null()`, `boolean(bool)`, `number(…)` of the types below, `string(std::string&)`, `key(std::string&)`,
/// `start_object()`, `start_array()` and `end()`, which return false to end the reading. It limits how deep values
/// nest.
template <typename Events>
class JsonReader {
 public:
  /// Precondition: `text` has no NUL byte.
  JsonReader(std::string_view text, Events& events) : text_(text), events_(events) {}

  /// Reads one value and the white space around it. False where an event returned that, or at a syntax error.
  bool read() {
    if (!value()) return false;
    skip_space();
    return at_ == text_.size() || unexpected();
  }
  /// Where the syntax error is: the last byte that was looked at, or the end of the text.
  [[nodiscard]] std::size_t offset() const { return offset_; }

 private:
  /// The byte at `at_`; NUL at the end.
  [[nodiscard]] char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  [[nodiscard]] bool next_is_digit() const { return next() >= '0' && next() <= '9'; }
  /// A syntax error at `at_`.
  bool fail() {
    offset_ = at_;
    return false;
  }
  /// A syntax error at the last byte that was taken.
  bool fail_before() {
    offset_ = at_ - 1;
    return false;
  }
  void skip_space() {
    while (next() == ' ' || next() == '\t' || next() == '\n' || next() == '\r') ++at_;
  }
  /// A token that may not be here is read to its end, which is where the error is.
  bool unexpected() {
    std::string ignored;
    switch (next()) {
      case '"':
        return string(ignored) && fail_before();
      case 't':
        return word("true") && fail_before();
      case 'f':
        return word("false") && fail_before();
      case 'n':
        return word("null") && fail_before();
      default:
        break;
    }
    const bool is_number = next() == '-' || next_is_digit();
    bool is_whole = true;
    return is_number ? number_text(is_whole) && fail_before() : fail();
  }

  bool value() {
    skip_space();
    switch (next()) {
      case '{':
        return object();
      case '[':
        return array();
      case '"':
        return string(string_) && events_.string(string_);
      case 't':
        return word("true") && events_.boolean(true);
      case 'f':
        return word("false") && events_.boolean(false);
      case 'n':
        return word("null") && events_.null();
      default:
        return next() == '-' || next_is_digit() ? number() : unexpected();
    }
  }

  bool object() {
    ++at_;
    if (!events_.start_object()) return false;
    skip_space();
    if (next() == '}') return close();
    for (;; ++at_) {
      skip_space();
      if (next() != '"') return unexpected();
      if (!string(string_) || !events_.key(string_)) return false;
      skip_space();
      if (next() != ':') return unexpected();
      ++at_;
      if (!value()) return false;
      skip_space();
      if (next() == '}') return close();
      if (next() != ',') return unexpected();
    }
  }

  bool array() {
    ++at_;
    if (!events_.start_array()) return false;
    skip_space();
    if (next() == ']') return close();
    for (;; ++at_) {
      if (!value()) return false;
      skip_space();
      if (next() == ']') return close();
      if (next() != ',') return unexpected();
    }
  }

  bool close() {
    ++at_;
    return events_.end();
  }

  bool word(std::string_view expected) {
    for (const char c : expected) {
      if (next() != c) return fail();
      ++at_;
    }
    return true;
  }

  bool digits() {
    if (!next_is_digit()) return fail();
    while (next_is_digit()) ++at_;
    return true;
  }
  bool number_text(bool& is_whole) {
    if (next() == '-') ++at_;
    if (next() == '0') {
      ++at_;
    } else if (!digits()) {
      return false;
    }
    if (next() == '.') {
      is_whole = false;
      ++at_;
      if (!digits()) return false;
    }
    if (next() == 'e' || next() == 'E') {
      is_whole = false;
      ++at_;
      if (next() == '+' || next() == '-') ++at_;
      if (!digits()) return false;
    }
    return true;
  }
  /// A whole number that 64 bits can hold is one, with a sign only where it is negative. Every other one is a double.
  bool number() {
    const std::size_t begin = at_;
    bool is_whole = true;
    if (!number_text(is_whole)) return false;
    const std::string_view token = text_.substr(begin, at_ - begin);
    const auto whole = [&](auto& into) {
      return is_whole && std::from_chars(token.data(), token.data() + token.size(), into).ec == std::errc{};
    };
    std::uint64_t unsigned_one = 0;
    std::int64_t signed_one = 0;
    if (token.front() != '-' && whole(unsigned_one)) return events_.number(unsigned_one);
    if (token.front() == '-' && whole(signed_one)) return events_.number(signed_one);
    const double other = std::strtod(std::string(token).c_str(), nullptr);
    return std::isfinite(other) ? events_.number(other) : fail_before();
  }

  bool string(std::string& into) {
    into.clear();
    ++at_;
    for (;;) {
      const std::size_t begin = at_;
      while (at_ < text_.size() && is_plain(text_[at_])) ++at_;
      into.append(text_, begin, at_ - begin);
      if (next() == '"') {
        ++at_;
        return true;
      }
      if (next() == '\\' ? !escape(into) : !beyond_ascii(into)) return false;
    }
  }
  static bool is_plain(char c) { return c != '"' && c != '\\' && static_cast<unsigned char>(c) - 0x20U < 0x60U; }

  /// One character of several bytes (Unicode 15, table 3-7).
  bool beyond_ascii(std::string& into) {
    const auto lead = static_cast<unsigned char>(next());
    const std::size_t length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0) return fail();
    unsigned char low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    const std::size_t begin = at_++;
    for (; at_ < begin + length; ++at_) {
      const auto byte = static_cast<unsigned char>(next());
      if (byte < low || byte > high) return fail();
      low = 0x80;
      high = 0xBF;
    }
    into.append(text_, begin, length);
    return true;
  }

  bool escape(std::string& into) {
    constexpr std::string_view names = "\"\\/bfnrt";
    constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    ++at_;
    if (next() == 'u') {
      ++at_;
      return code_point(into);
    }
    const auto found = names.find(next());
    if (at_ == text_.size() || found == names.npos) return fail();
    into += meanings[found];
    ++at_;
    return true;
  }
  bool hex(char32_t& value) {
    value = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const char c = next();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return fail();
      value = value << 4U | static_cast<char32_t>(digit);
    }
    return true;
  }
  static bool is_high_surrogate(char32_t value) { return value >= 0xD800 && value < 0xDC00; }
  static bool is_low_surrogate(char32_t value) { return value >= 0xDC00 && value < 0xE000; }
  bool code_point(std::string& into) {
    char32_t value = 0;
    if (!hex(value)) return false;
    if (is_low_surrogate(value)) return fail_before();
    if (is_high_surrogate(value)) {
      char32_t low = 0;
      if (!word("\\u") || !hex(low)) return false;
      if (!is_low_surrogate(low)) return fail_before();
      value = 0x10000 + ((value - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(value, into);
    return true;
  }
  static void append_utf8(char32_t value, std::string& into) {
    const auto put = [&](char32_t byte) { into += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (value < 0x80) return put(value);
    if (value < 0x800) {
      put(0xC0U | value >> 6U);
    } else {
      if (value < 0x10000) {
        put(0xE0U | value >> 12U);
      } else {
        put(0xF0U | value >> 18U);
        put(0x80U | (value >> 12U & 0x3FU));
      }
      put(0x80U | (value >> 6U & 0x3FU));
    }
    put(0x80U | (value & 0x3FU));
  }

  std::string_view text_;
  Events& events_;
  std::size_t at_ = 0;
  std::size_t offset_ = 0;
  std::string string_;  ///< the string that was read last
};

}  // namespace airlock::core
