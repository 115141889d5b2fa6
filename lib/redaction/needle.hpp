#pragma once
/// \file
/// What the indexes of the leak scan look for, and what they find. For the source files of redaction/ and their tests.

#include <cstddef>
#include <cstdint>
#include <string>

#include "dictionary/field.hpp"

namespace airlock::redaction {

/// A needle of a tell-tale class with at least this many characters is looked for anywhere in a text, every other one
/// as a whole text.
inline constexpr std::size_t anywhere_characters_minimum = 6;
/// A needle of letters only with fewer characters than this is looked for as a word, unless it is a licence key.
inline constexpr std::size_t letters_minimum = 12;
/// Only the first bytes of a longer needle are looked for anywhere. Finding them is a hit.
inline constexpr std::size_t anywhere_bytes_maximum = 256;

/// What was found in a text.
struct NeedleHit {
  /// Where the needle comes from: it was taken out of the report, or it is a word of a list.
  enum class From : std::uint8_t { report, list };
  dictionary::Class cls;
  std::uint32_t source;  ///< an id of TakenOut, or the index of the word in its WordList
  From from = From::report;
};

/// One form of a needle, and what a text has that has it.
struct Needle {
  std::string text;
  NeedleHit found;
  bool any_ending = false;  ///< found whatever follows
};

}  // namespace airlock::redaction
