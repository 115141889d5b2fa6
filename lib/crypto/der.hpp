#pragma once
/// \file
/// Reading and writing DER (X.690 section 10) in memory, for this module's own .cpp files: enough to accept exactly one
/// form of a small structure, and to write one. No length that was read decides how much memory is allocated.

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

/// Longest header: a tag, the length's size, and a length of eight bytes.
inline constexpr std::size_t header_bytes_limit = 10;

/// Identifier and length octets (X.690 8.1.2, 8.1.3).
struct DerHeader {
  std::uint8_t tag = 0;
  std::size_t size = 0;      ///< of the header itself
  std::uint64_t length = 0;  ///< of the content; 0 if it is indefinite
  bool indefinite = false;
};
/// Reads the header at the beginning of `bytes`. Nothing if it is cut off, has a tag number above 30, or a length that
/// is not in the fewest possible bytes.
[[nodiscard]] std::optional<DerHeader> read_header(std::string_view bytes);

/// Reads values one behind the other. After a value that is not as requested every call returns nothing, and `finish`
/// returns false. So a structure is read in the order of its grammar, and judged once at its end.
class DerReader {
 public:
  explicit DerReader(std::string_view bytes) : rest_(bytes) {}

  /// Whether a value with this tag comes next.
  [[nodiscard]] bool at(std::uint8_t tag) const {
    return sound_ && !rest_.empty() && static_cast<std::uint8_t>(rest_[0]) == tag;
  }
  /// The next value with its header; it must have this tag.
  std::string_view whole(std::uint8_t tag);
  /// The content of the next value, which must have this tag.
  std::string_view content(std::uint8_t tag);
  /// A reader for the content of the next value, which must have this tag.
  DerReader enter(std::uint8_t tag) { return DerReader(content(tag)); }
  /// Skips bytes, which must be exactly these.
  void expect(std::string_view encoding);
  /// Records that the structure is not as it must be.
  void refuse() { sound_ = false; }

  [[nodiscard]] bool at_end() const { return rest_.empty(); }
  /// Whether every value was as requested and nothing is left.
  [[nodiscard]] bool finish() const { return sound_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool sound_ = true;
};

/// The encoding of a value whose content is `parts` in this order.
[[nodiscard]] std::string value(std::uint8_t tag, std::initializer_list<std::string_view> parts);

}  // namespace airlock::crypto::der
