#pragma once
/// \file
/// A blob seen through one buffer that moves forward only. The scanner and the editor read reports through it. Reads
/// each byte once, in large pieces, whatever the size of the blob.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"

namespace airlock::report {

class Window {
 public:
  static constexpr std::size_t capacity = core::copy_piece;

  /// `blob` must outlive the window. Its size is read once; bytes that are appended later are not seen.
  explicit Window(const core::Blob& blob);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// The offset in the blob of the first byte of `rest()`.
  [[nodiscard]] std::uint64_t offset() const { return base_ + at_; }
  /// The bytes in the buffer, from `offset()` on. Valid until the next call of `ensure` or `seek`.
  [[nodiscard]] std::string_view rest() const { return {buffer_.data() + at_, filled_ - at_}; }
  /// Whether `rest()` reaches the end of the blob.
  [[nodiscard]] bool holds_all_the_rest() const { return base_ + filled_ == size_; }

  /// Reads on until `rest()` has at least `bytes` bytes (at most `capacity`) or reaches the end of the blob. Errors:
  /// the blob's, and unexpected if the blob ends before its size.
  [[nodiscard]] core::Result<void> ensure(std::size_t bytes) {
    if (filled_ - at_ >= bytes || holds_all_the_rest()) return {};
    return refill();
  }
  /// Moves over bytes of `rest()`. Views of them stay valid until the next `ensure` or `seek`.
  void advance(std::size_t bytes) { at_ += bytes; }
  /// Moves forward to `offset`, at most the end. Throws std::logic_error if `offset` is already past: a bug of the
  /// caller.
  void seek(std::uint64_t offset);

 private:
  core::Result<void> refill();

  const core::Blob* blob_;
  std::uint64_t size_;
  std::uint64_t base_ = 0;  ///< the offset in the blob of the buffer's first byte
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::vector<char> buffer_;
};

}  // namespace airlock::report
