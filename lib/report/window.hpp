#pragma once
/// \file
/// A blob seen through one buffer that only moves forward: what the scanner reads from and the editor copies from.
/// Each byte is read once, in large pieces, whatever the size of the blob.

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

  /// `blob` must outlive this. Its size is asked once: bytes that appear later are not seen.
  explicit Window(const core::Blob& blob);

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Where in the blob the window stands.
  [[nodiscard]] std::uint64_t offset() const { return base_ + at_; }
  /// The bytes at hand, from `offset()` on. Valid until the next call of `ensure` or `seek`.
  [[nodiscard]] std::string_view rest() const { return {buffer_.data() + at_, filled_ - at_}; }
  /// Whether `rest()` has all that is left of the blob.
  [[nodiscard]] bool holds_all_the_rest() const { return base_ + filled_ == size_; }

  /// Makes `rest()` hold at least `bytes` bytes (up to `capacity`), or all that is left of the blob. Errors: the
  /// blob's, and unexpected where the blob ends before its size.
  [[nodiscard]] core::Result<void> ensure(std::size_t bytes) {
    if (filled_ - at_ >= bytes || holds_all_the_rest()) return {};
    return refill();
  }
  /// Steps over bytes of `rest()`, which stay where they are until the next `ensure` or `seek`.
  void advance(std::size_t bytes) { at_ += bytes; }
  /// Steps to a place further on, at most to the end. Throws where it is behind the window: a bug.
  void seek(std::uint64_t offset);

 private:
  core::Result<void> refill();

  const core::Blob* blob_;
  std::uint64_t size_;
  std::uint64_t base_ = 0;  ///< where in the blob the buffer begins
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
  std::vector<char> buffer_;
};

}  // namespace airlock::report
