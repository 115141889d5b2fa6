#include "core/encoding.hpp"

#include <algorithm>
#include <array>

#include "core/ascii.hpp"

namespace airlock::core {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base32_digits = "abcdefghijklmnopqrstuvwxyz234567";

std::uint8_t byte(char c) { return static_cast<std::uint8_t>(c); }

/// The value of each digit, and for what is none a bit above all of theirs. A kit is 40 KiB of base64 that is read at
/// each check of a licence.
constexpr std::uint8_t no_digit = 0x80;
constexpr auto base64_values = []() {
  std::array<std::uint8_t, 256> values{};
  values.fill(no_digit);
  for (std::size_t i = 0; i < base64_digits.size(); ++i) {
    values[static_cast<unsigned char>(base64_digits[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

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

std::string big_endian_64(std::uint64_t value) {
  std::string out(8, '\0');
  for (std::size_t i = 0; i < 8; ++i) out[7 - i] = static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
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

}  // namespace airlock::core
