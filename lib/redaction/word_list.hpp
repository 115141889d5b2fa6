#pragma once
/// \file
/// A list of words that never leave (`words.txt`, docs/formats/words.md): project names, customers, places. A person
/// wrote it, so it is strict, and its messages name the line and never the word: they are recorded, and a word is what
/// nobody may read elsewhere. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::redaction {

/// The name of the list in a site directory, and in messages.
inline constexpr std::string_view word_list_name = "words.txt";
inline constexpr std::uint64_t word_list_bytes_limit = 2ULL * 1024 * 1024;
inline constexpr std::size_t words_limit = 10'000;
/// Maximum length of a word in bytes, and its minimum in characters.
inline constexpr std::size_t word_bytes_limit = 200;
inline constexpr std::size_t word_characters_minimum = 2;

/// A word or phrase of the list.
struct Word {
  std::string text;         ///< as it is written, without `*`
  bool any_ending = false;  ///< written with `*`: found with any ending

  bool operator==(const Word&) const = default;
};

/// Words in the order of their texts in lower case, each text once.
using WordList = std::vector<Word>;
/// Where there is no list.
inline const WordList no_words;

/// Reads one word as a list has it, without blanks around it. A `*` may stand at the end. Error: bad_input saying what
/// is wrong, without the word: not UTF-8, characters that a reader would not see, too long, too short, neither letter
/// nor digit, a `*` elsewhere, what would make it a comment or another word in a list.
[[nodiscard]] core::Result<Word> word_from(std::string_view text);

/// Reads a list: a word on each line, blank lines, and comments that begin with `#`. Blanks around a word, a byte order
/// mark and CR at line ends are dropped. Error: bad_input naming `name` and the line; more words than `words_limit`.
[[nodiscard]] core::Result<WordList> word_list_from(std::string_view text, std::string_view name);

/// Sorts words as `WordList` has them. Of two equal ones, that with any ending stays.
[[nodiscard]] WordList sorted_words(std::vector<Word> words);

}  // namespace airlock::redaction
