#pragma once
/// \file
/// Where a word ends: letters, for the leak scan (docs/formats/leak-scan.md). All texts have the form that forms.hpp
/// gives them. For the source files of redaction/ only.

#include <cstddef>
#include <string_view>

namespace airlock::redaction {

/// How many bytes the first character of `text` has if it is a letter of an alphabet from Latin to Georgian, or a mark
/// that combines with one; otherwise 0. Characters of scripts that put no spaces between words do not count. `text` is
/// not empty. Bytes that are not UTF-8 are no letters.
[[nodiscard]] std::size_t letter_bytes(std::string_view text);
/// Whether a letter ends where `at` begins.
[[nodiscard]] bool is_behind_letter(std::string_view text, std::size_t at);
/// Whether all of `text` is letters.
[[nodiscard]] bool is_all_letters(std::string_view text);

}  // namespace airlock::redaction
