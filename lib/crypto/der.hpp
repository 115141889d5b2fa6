#pragma once
/// \file
/// DER (X.690 section 10) over bytes in memory, for this module's own .cpp files: enough to pin a small structure
/// exactly, and to write one. Nothing here allocates by a length that was read.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace airlock::crypto::der {

inline constexpr std::uint8_t integer = 0x02;
inline constexpr std::uint8_t bit_string = 0x03;
inline constexpr std::uint8_t octet_string = 0x04;
inline constexpr std::uint8_t object_identifier = 0x06;
inline constexpr std::uint8_t utc_time = 0x17;
inline constexpr std::uint8_t generalized_time = 0x18;
inline constexpr std::uint8_t sequence = 0x30;
inline constexpr std::uint8_t set = 0x31;
inline constexpr std::uint8_t constructed = 0x20;
/// `[number]`, constructed.
constexpr std::uint8_t context(std::uint8_t number) { return static_cast<std::uint8_t>(0xA0 | number); }
constexpr std::uint8_t primitive_context(std::uint8_t number) { return static_cast<std::uint8_t>(0x80 | number); }

/// The longest header that is read: a tag and a length of eight bytes.
inline constexpr std::size_t header_bytes_most = 10;

/// Identifier and length octets (X.690 8.1.2, 8.1.3).
struct Header {
  std::uint8_t tag = 0;
  std::size_t size = 0;      ///< of the header itself
  std::uint64_t length = 0;  ///< of the content; 0 where it is indefinite
  bool indefinite = false;
};
/// The header that `bytes` start with. Nothing where there is none: cut off, a tag above 30, a length that is not in
/// the fewest bytes.
[[nodiscard]] std::optional<Header> read_header(std::string_view bytes);

/// Reads values one behind the other. The first one that is not what was asked for makes every later call give nothing,
/// and `finish` false: a structure is read as its grammar stands, and judged once at its end.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  /// Whether a value with this tag comes next.
  [[nodiscard]] bool at(std::uint8_t tag) const {
    return sound_ && !rest_.empty() && static_cast<std::uint8_t>(rest_[0]) == tag;
  }
  /// The next value, header included; it must have this tag.
  std::string_view whole(std::uint8_t tag);
  /// Its content alone.
  std::string_view content(std::uint8_t tag);
  /// A reader of its content.
  Reader enter(std::uint8_t tag) { return Reader(content(tag)); }
  /// Goes past exactly these bytes.
  void expect(std::string_view encoding);
  /// Records that the structure is not what it must be.
  void refuse() { sound_ = false; }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Whether all was as asked for and nothing is left.
  [[nodiscard]] bool finish() const { return sound_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

/// The encoding of one value whose content are `parts` in this order.
[[nodiscard]] std::string value(std::uint8_t tag, std::initializer_list<std::string_view> parts);

}  // namespace airlock::crypto::der
