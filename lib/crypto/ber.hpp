#pragma once
/// \file
/// Walks BER (X.690 section 8) over a blob from front to back, for this module's own .cpp files: the outer structure of
/// a CMS object, whose content may be large and, where it was streamed, has indefinite lengths. The walker knows no
/// grammar; it follows the calls of the one who does. It holds at most `limit` bytes of one value, never more.
///
/// The first failure is kept, later calls do nothing, and `finish` returns it.

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
struct Range {
  std::uint64_t begin = 0;
  std::uint64_t size = 0;
};

/// The most pieces that a streamed octet string may come in. OpenSSL writes pieces of 4 KiB or more.
inline constexpr std::size_t pieces_limit = 1 << 18;

class Walker {
 public:
  /// `kind` is what the blob must be, as a message says it: `a signed object`.
  Walker(const core::Blob& blob, std::string_view kind) : blob_(blob), kind_(kind) {}

  /// Whether a value with this tag comes next.
  [[nodiscard]] bool at(std::uint8_t tag);
  /// Goes into the constructed value that comes next, of definite or indefinite length. `what` names it in messages.
  void enter(std::uint8_t tag, std::string_view what);
  /// Goes past the end of the value that was entered last, which must be here.
  void leave(std::string_view what);
  /// Goes past exactly these bytes.
  void expect(std::string_view encoding, std::string_view what);
  /// The next value whole, header included: definite length, at most `limit` bytes.
  [[nodiscard]] std::string take(std::uint8_t tag, std::size_t limit, std::string_view what);
  /// Where the bytes of an octet string are: one range where it is primitive, one a piece where it was streamed.
  [[nodiscard]] std::vector<Range> octets(std::uint8_t primitive, std::uint8_t constructed, std::string_view what);

  /// Records that the object is not what it must be. The message ends in the place.
  void refuse(std::string_view why);
  [[nodiscard]] bool ok() const { return !error_; }
  /// The first failure; or that bytes follow the object.
  [[nodiscard]] core::Result<void> finish();

 private:
  struct Level {
    std::uint64_t end = 0;  ///< behind the content; the enclosing level's end where the length is indefinite
    bool indefinite = false;
  };

  [[nodiscard]] std::uint64_t end() const { return levels_.empty() ? blob_.size() : levels_.back().end; }
  [[nodiscard]] std::string_view peek(std::size_t most);
  [[nodiscard]] std::optional<der::Header> header(std::uint8_t tag, std::string_view what);
  [[nodiscard]] bool at_end_marker();

  const core::Blob& blob_;
  std::string_view kind_;
  std::uint64_t at_ = 0;
  std::vector<Level> levels_;
  std::array<char, 1024> window_{};
  std::uint64_t window_begin_ = 0;
  std::size_t window_size_ = 0;
  std::optional<core::Error> error_;
};

}  // namespace airlock::crypto
