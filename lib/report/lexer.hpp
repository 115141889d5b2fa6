#pragma once
/// \file
/// The scalars of a report: strings, numbers and the three words, each read whole from the window. Which of them may
/// stand where is the scanner's business.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "report/window.hpp"

namespace airlock::report {

/// The longest number that fits, together with the byte behind it, into the window.
inline constexpr std::size_t number_bytes_most = Window::capacity - 1;

/// A refusal (bad_input) at a place: "byte 17: WHY".
[[nodiscard]] tl::unexpected<core::Error> refuse(std::uint64_t offset, std::string_view why);
/// The refusal of the byte where the window stands, or of the report's end: "byte 17: expected WANTED, found `x`".
/// Precondition: `ensure(1)`.
[[nodiscard]] tl::unexpected<core::Error> refuse_next(const Window& in, std::string_view wanted);

class Lexer {
 public:
  explicit Lexer(Window& in) : in_(in) {}

  /// The text of the string (RFC 8259 section 7) whose opening quote is next, decoded, and well-formed UTF-8 without
  /// noncharacters (RFC 7493 section 2.1). `what` is `string` or `key`, for messages. Valid until the next call.
  [[nodiscard]] core::Result<std::string_view> string(std::size_t limit, std::string_view what);
  /// The number (RFC 8259 section 6) that begins here, as it stands.
  [[nodiscard]] core::Result<std::string_view> number(std::size_t limit);
  /// `word`, which must be here.
  [[nodiscard]] core::Result<std::string_view> word(std::string_view word);

 private:
  core::Result<void> escape();
  core::Result<void> unicode_escape();
  core::Result<void> beyond_ascii();

  Window& in_;
  std::string text_;  ///< what is decoded of a string that is not a mere slice of the window
};

}  // namespace airlock::report
