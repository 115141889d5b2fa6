#pragma once
/// \file
/// A list of words that an officer signed (docs/formats/words.md#signed-by-an-officer), and its place in `words.txt`: a
/// section of its own, so that each officer's list adds to those of others. What the operator writes outside of
/// sections stays as it is. Who may sign is for gate/ to know.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "redaction/word_list.hpp"

namespace airlock::site {

inline constexpr std::string_view signed_words_format = "airlock-words/1";
/// Maximum size of the signed text, in bytes. Signed and in PEM it still fits into a file that may be dropped.
inline constexpr std::size_t signed_words_bytes_limit = 512ULL * 1024;

/// What an officer signs.
struct SignedWords {
  std::string site_id;
  core::Time time;  ///< when she signed, by her clock
  redaction::WordList words;
};

/// The exact text that is signed: one line of JSON.
[[nodiscard]] std::string to_document(const SignedWords& words);
/// Reads such a text. Error: bad_input naming the JSON path and no word.
[[nodiscard]] core::Result<SignedWords> parse_signed_words(std::string_view text);

/// An officer's list as it stands in `words.txt`.
struct WordSection {
  std::string key_sha256;  ///< of her public key (SubjectPublicKeyInfo): whose list it is
  core::Time time;         ///< when she signed it
  std::string officer;     ///< the subject of her certificate, as the file has it
  redaction::WordList words;
};

/// The sections of `words.txt`. Error: bad_input naming `name` and the line of a section that does not end, or of a
/// second one for the same key.
[[nodiscard]] core::Result<std::vector<WordSection>> sections_of(std::string_view file, std::string_view name);

/// `words.txt` with this section in the place of the one for the same key, or at the end. Errors: as `sections_of`; of
/// a list that would have too many words.
[[nodiscard]] core::Result<std::string> with_section(std::string_view file, std::string_view name,
                                                     const WordSection& section);

}  // namespace airlock::site
