#pragma once
/// \file
/// Partial treatments of numbers, on their text in the report: exact decimal arithmetic, no floating point. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airlock::redaction {

/// Whether the JSON number `text` (RFC 8259 6) is less than `threshold`, which is at least 1.
[[nodiscard]] bool is_below(std::string_view text, std::int64_t threshold);

/// The whole number `text` of 64 bits rounded to the nearest multiple of `multiple`, halves away from zero; nothing
/// where `text` is none or the result does not fit 64 bits with sign. `text` itself where it is such a multiple.
[[nodiscard]] std::optional<std::string> rounded_to_multiple(std::string_view text, std::int64_t multiple);

/// The JSON number `text` rounded to `digits` significant digits, halves away from zero; `text` itself, byte for byte,
/// where it has no more. Written without an exponent where the first digit's place is between 10^20 and 10^-7, else as
/// `1.2e25`, `3e-9`.
[[nodiscard]] std::optional<std::string> rounded_to_digits(std::string_view text, int digits);

}  // namespace airlock::redaction
