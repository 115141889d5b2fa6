#pragma once
/// \file
/// Partial treatments of numbers. They work on the text in the report, in exact decimal arithmetic without floating
/// point. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace airlock::redaction {

/// Whether the JSON number `text` (RFC 8259 6) is less than `threshold`, which is at least 1.
[[nodiscard]] bool is_below(std::string_view text, std::int64_t threshold);

/// `text`, a whole number of 64 bits with sign, rounded to the nearest multiple of `multiple`, halves away from zero.
/// `text` itself if it is such a multiple. Nothing if `text` or the result is no whole number of 64 bits with sign.
[[nodiscard]] std::optional<std::string> rounded_to_multiple(std::string_view text, std::int64_t multiple);

/// The JSON number `text` rounded to `digits` significant digits, halves away from zero; `text` itself if it has no
/// more digits. Nothing if `text` is no number. Written without an exponent if the first digit's place is between 10^20
/// and 10^-7, otherwise as `1.2e25` or `3e-9`.
[[nodiscard]] std::optional<std::string> rounded_to_digits(std::string_view text, int digits);

}  // namespace airlock::redaction
