#pragma once
/// \file
/// Reads BER (X.690 section 8) in a blob from front to back, for this module's own .cpp files: the outer structure of a
/// CMS object. Its content may be large, and if it was streamed it has indefinite lengths. The walker knows no grammar;
/// its caller says what has to come next. It never holds more than one value of limited size in memory.
///
/// The first failure is kept and returned by `finish`; calls after it do nothing.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/der.hpp"

namespace airlock::crypto {

/// Some bytes of a blob.
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

/// The maximum number of pieces of a streamed octet string. OpenSSL writes pieces of 4 KiB or more.
inline constexpr std::size_t pieces_limit = 1 << 18;

class Walker {
 public:
  /// `kind` names in messages what the blob must be: `a signed object`.
  Walker(const core::Blob& blob, std::string_view kind) : blob_(blob), kind_(kind) {}

  /// Whether a value with this tag comes next.
  [[nodiscard]] bool at(std::uint8_t tag);
  /// Enters the next value, which must be constructed and may have an indefinite length. `what` names it in messages.
  void enter(std::uint8_t tag, std::string_view what);
  /// Leaves the value that was entered last. Its end must be here.
  void leave(std::string_view what);
  /// Skips bytes, which must be exactly these.
  void expect(std::string_view encoding, std::string_view what);
  /// The next value with its header; it must have a definite length and at most `limit` bytes.
  [[nodiscard]] std::string take(std::uint8_t tag, std::size_t limit, std::string_view what);
  /// Where the bytes of the next value are, an octet string. It has one range if it has the tag `primitive`, and one
  /// for each piece if it has the tag `constructed`, as a streamed one has.
  [[nodiscard]] std::vector<ByteRange> octets(std::uint8_t primitive, std::uint8_t constructed, std::string_view what);

  /// Records a failure. The message ends with the offset.
  void refuse(std::string_view why);
  [[nodiscard]] bool ok() const { return !error_; }
  /// The first failure; also a failure if bytes follow the object. Error: bad_input, or that of the blob.
  [[nodiscard]] core::Result<void> finish();

 private:
  struct EnteredValue {
    std::uint64_t end = 0;  ///< of the content; that of the enclosing value if the length is indefinite
    bool indefinite = false;
  };

  [[nodiscard]] std::uint64_t end() const { return levels_.empty() ? blob_.size() : levels_.back().end; }
  [[nodiscard]] std::string_view peek(std::size_t maximum);
  [[nodiscard]] std::optional<der::DerHeader> header(std::uint8_t tag, std::string_view what);
  [[nodiscard]] bool at_end_marker();

  const core::Blob& blob_;
  std::string_view kind_;
  std::uint64_t at_ = 0;
  std::vector<EnteredValue> levels_;
  std::array<char, 1024> window_{};
  std::uint64_t window_begin_ = 0;
  std::size_t window_size_ = 0;
  std::optional<core::Error> error_;
};

}  // namespace airlock::crypto
