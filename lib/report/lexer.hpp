#pragma once
/// \file
/// Reads the scalars of a report from a window: strings, numbers, `true`, `false` and `null`. The scanner decides which
/// of them may come next.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "report/window.hpp"

namespace airlock::report {

/// The longest number that fits into the window together with the byte after it.
inline constexpr std::size_t number_bytes_maximum = Window::capacity - 1;

/// A refusal (bad_input) at an offset: "byte 17: WHY".
[[nodiscard]] tl::unexpected<core::Error> refuse(std::uint64_t offset, std::string_view why);
/// The refusal of the window's first byte, or of the report's end: "byte 17: expected WANTED, found `x`". Precondition:
/// `ensure(1)` was called.
[[nodiscard]] tl::unexpected<core::Error> refuse_next(const Window& in, std::string_view wanted);

class Lexer {
 public:
  explicit Lexer(Window& in) : in_(in) {}

  /// The decoded text of the string (RFC 8259 section 7) whose opening quote is next. It is well-formed UTF-8 without
  /// noncharacters (RFC 7493 section 2.1) and has at most `limit` bytes. `what` is `string` or `key`, for messages.
  /// Valid until the next call.
  [[nodiscard]] core::Result<std::string_view> string(std::size_t limit, std::string_view what);
  /// The text of the number (RFC 8259 section 6) that is next.
  [[nodiscard]] core::Result<std::string_view> number(std::size_t limit);
  /// Reads `word`, which must be next.
  [[nodiscard]] core::Result<std::string_view> word(std::string_view word);

 private:
  core::Result<void> escape();
  core::Result<void> unicode_escape();
  core::Result<void> beyond_ascii();

  Window& in_;
  std::string text_;  ///< the decoded string, if it is not just a slice of the window
};

}  // namespace airlock::report
