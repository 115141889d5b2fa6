#pragma once
/// \file
/// Bytes and numbers as text, and back: hex, base64 and base32 (RFC 4648), UUIDs (RFC 9562), decimal numbers. Every
/// decoder is strict: each value has exactly one text, and nothing is skipped.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace airlock::core {

/// Lower-case hex.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// The bytes of hex in either case; nothing where the length is odd or a character is not a hex digit.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// Standard base64 with padding, on one line.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// The bytes of standard base64; nothing where padding is missing, unused bits are not zero, or there is white space or
/// another character that is not a base64 digit.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Base32 in lower case without padding: 16 bytes become 26 characters.
[[nodiscard]] std::string to_base32(std::string_view bytes);

/// A UUID in canonical lower-case text, made of 16 random bytes: version 4, variant 10.
[[nodiscard]] std::string uuid_v4(std::span<const std::uint8_t, 16> random);
/// Whether `text` is a UUID in canonical form, of any version and in either case.
[[nodiscard]] bool is_uuid(std::string_view text);

/// All of `text` read as a decimal number; nothing where it is something else, or lies outside the range of the type. A
/// floating-point number that is not zero and would be rounded to zero lies outside.
template <typename Number>
[[nodiscard]] std::optional<Number> number_from(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The enumerator whose name is `text`; nothing where there is none. `names` are in the order of the enumerators.
template <typename Enum, typename Names>
[[nodiscard]] constexpr std::optional<Enum> enum_from(const Names& names, std::string_view text) {
  const auto at = std::find(names.begin(), names.end(), text);
  return at == names.end() ? std::nullopt : std::optional(static_cast<Enum>(at - names.begin()));
}

/// The 8 bytes of `value`, big-endian: the length prefix of keyed hashes.
[[nodiscard]] std::string big_endian_64(std::uint64_t value);

}  // namespace airlock::core
