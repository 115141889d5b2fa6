#pragma once
/// \file
/// Bytes and text: encodings (RFC 4648), UTF-8 (RFC 3629), what may be shown on a terminal, UUIDs (RFC 9562).
/// Every decoder is strict: one text for one value, nothing skipped.

#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

#include "core/result.hpp"

namespace airlock::core {

/// Lower-case hex.
[[nodiscard]] std::string to_hex(std::string_view bytes);
/// Reads lower- or upper-case hex of even length; nothing where it is not.
[[nodiscard]] std::optional<std::string> from_hex(std::string_view text);

/// Standard base64 with padding, on one line.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// Reads standard base64: padding required, no white space, unused bits zero; nothing where it is not.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// Base32 in lower case without padding: 16 bytes become 26 characters.
[[nodiscard]] std::string to_base32(std::string_view bytes);

/// Whether `text` is well-formed UTF-8 (no overlong form, no surrogate, nothing above U+10FFFF).
[[nodiscard]] bool is_utf8(std::string_view text);

/// The next code point of well-formed UTF-8, and how many bytes it takes. Precondition: `is_utf8(text)`, not empty.
struct CodePoint {
  char32_t value;
  std::size_t bytes;
};
[[nodiscard]] CodePoint first_code_point(std::string_view text);

/// Whether I-JSON forbids the code point as a noncharacter (RFC 7493 2.1): U+FDD0..U+FDEF and U+xxFFFE, U+xxFFFF.
[[nodiscard]] constexpr bool is_noncharacter(char32_t value) {
  return (value >= 0xFDD0 && value <= 0xFDEF) || (value & 0xFFFE) == 0xFFFE;
}

/// `text` made fit for a terminal: what nobody would see as it is (controls, C0 and C1, and characters that are
/// invisible, blank, reorder others or have no meaning) and bytes that are not UTF-8 become `\xNN`; longer texts than
/// `limit` bytes are cut and end in `…`. For text that is shown, never stored.
[[nodiscard]] std::string printable(std::string_view text, std::size_t limit = 200);
/// Whether `printable` would leave `text` as it is, whatever its length.
[[nodiscard]] bool is_printable(std::string_view text);
/// Whether a document may have the text: UTF-8 without controls, bidirectional controls, zero-width characters and
/// noncharacters. Documents that were signed once must stay readable, so this is the rule of the first release;
/// `is_printable` asks for more, and what a person types must satisfy that.
[[nodiscard]] bool is_document_text(std::string_view text);

/// Makes text fit for a terminal part by part, whole lines and JSON documents too: newline and tab stay, all else that
/// `printable` escapes becomes `\u00ad`, two such escapes above U+FFFF, so that a JSON document keeps its meaning;
/// bytes that are not UTF-8 become `\xNN`.
class TerminalText {
 public:
  /// What can be shown of all that was added so far. The rest of a character that was cut comes with the next part.
  [[nodiscard]] std::string add(std::string_view part);
  /// What is left at the end.
  [[nodiscard]] std::string finish();
  /// Whether anything was escaped.
  [[nodiscard]] bool has_escaped() const { return has_escaped_; }

 private:
  void escape(std::string& out, std::string_view character);
  std::string pending_;
  bool has_escaped_ = false;
};
/// All of `text` by `TerminalText`.
[[nodiscard]] std::string terminal_text(std::string_view text);

/// `printable(text)` in backticks: how a message quotes what the user gave.
[[nodiscard]] std::string quote(std::string_view text, std::size_t limit = 200);
/// A path as one word of a command that a message shows: as it is where that does, else in quotes, and where it is not
/// printable as `$'…'` with the escapes of `printable`, which bash and POSIX 2024 read. Never cut: it would be another.
[[nodiscard]] std::string shell_path(std::string_view path);

/// Whether a person may have `text` recorded or signed as `what` (`the note`): printable, at most `limit` bytes. An
/// empty text is. The message names the first character that nobody would see. Fails with `usage` and `hint`.
[[nodiscard]] Result<void> check_typed(std::string_view what, std::string_view text, std::size_t limit,
                                       std::string_view hint = {});
/// Longest reason, in bytes: long enough for an explanation, short enough for a ledger's reader.
inline constexpr std::size_t reason_limit = 1024;
/// `check_typed` for the reason of what a person did, which must not be empty.
[[nodiscard]] Result<void> check_reason(std::string_view text, std::string_view hint);

/// The whole of `text` read as a number in decimal, unless it lies outside the type's range; for a double that is also
/// what would become 0 though it is not.
template <typename Number>
[[nodiscard]] std::optional<Number> number_from(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The 8 bytes of `value`, big-endian: the length prefix of keyed hashes.
[[nodiscard]] std::string big_endian_64(std::uint64_t value);

/// ASCII lower case; other bytes stay.
[[nodiscard]] std::string to_lower(std::string_view text);

/// `text` with its first letter in lower case where only that one is a capital: a sentence of somebody else's within a
/// message of ours. `I/O error` stays.
[[nodiscard]] std::string lower_first(std::string text);

/// A UUID's canonical lower-case text from its 16 bytes, with version 4 and variant 10 set.
[[nodiscard]] std::string uuid_v4(std::span<const std::uint8_t, 16> random);
/// Whether `text` is a UUID in canonical form, either case, any version.
[[nodiscard]] bool is_uuid(std::string_view text);

}  // namespace airlock::core
