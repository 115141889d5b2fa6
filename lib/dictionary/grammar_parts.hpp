#pragma once
/// \file
/// What several grammars (grammars.hpp) are made of.

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/ascii.hpp"

namespace airlock::dictionary {

[[nodiscard]] constexpr bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
[[nodiscard]] constexpr bool is_letter(char c) { return core::is_alphanumeric(c) && !core::is_digit(c); }

template <typename Predicate>
[[nodiscard]] bool all(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

/// Whether `text` has `minimum` to `maximum` characters, each of which satisfies `is_part`.
template <typename Predicate>
[[nodiscard]] bool is_run(std::string_view text, std::size_t minimum, std::size_t maximum, Predicate is_part) {
  return text.size() >= minimum && text.size() <= maximum && all(text, is_part);
}

/// Whether `text` consists of 1 to `maximum` parts with dots between them, each of which satisfies `is_part`.
template <typename Predicate>
[[nodiscard]] bool is_dotted(std::string_view text, std::size_t maximum, Predicate is_part) {
  for (std::size_t parts = 1; parts <= maximum; ++parts) {
    const auto dot = text.find('.');
    if (!is_part(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
  return false;
}

}  // namespace airlock::dictionary
