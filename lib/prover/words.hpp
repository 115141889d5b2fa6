#pragma once
/// \file
/// The words in the name of a member, and what the word list (`policy/words.json`) says that they mean. Pure; looks at
/// names only, never at values.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/field.hpp"

namespace airlock::prover {

/// Splits a name in any style (`first_name`, `firstName`, `FirstName`, `first-name`, `stats.first name`) into words in
/// lower case. Digits stay with the letters around them: `ipv4`, `sha256`.
[[nodiscard]] std::vector<std::string> words_of(std::string_view name);

/// The singular of an English plural, or nothing if the word does not look like one.
[[nodiscard]] std::optional<std::string> singular(std::string_view word);

/// What a phrase does in a name. docs/formats/name-words.md describes each.
enum class WordRole : std::uint8_t {
  value,    ///< a member with this name holds something of the class: `email`
  subject,  ///< what a thing is, whose `name` or `id` is then of the class: `user`
  name,     ///< takes the class of its subject: `title`
  id,       ///< tells its subject from others: `id`
  type,     ///< a word of the product about its subject: `status`
  figure,   ///< makes a number a figure: `count`
  toggle,   ///< says that something is so or not: `enabled`; written `switch`
};

struct Meaning {
  WordRole role = WordRole::value;
  std::optional<dictionary::Class> cls;  ///< of the roles `value` and `subject`
  std::string looks_like;                ///< what to tell a person: `an e-mail address`
  std::optional<dictionary::Type> type;  ///< which values of such members often have
};

/// A phrase of the list that was found in a name.
struct Phrase {
  std::size_t begin = 0;  ///< index of its first word
  std::size_t end = 0;    ///< index after its last word
  bool is_plural = false;
  const std::vector<Meaning>* meanings = nullptr;

  [[nodiscard]] bool has(WordRole role) const;
};

class NameWords {
 public:
  NameWords();
  NameWords(NameWords&&) noexcept;
  NameWords& operator=(NameWords&&) noexcept;
  ~NameWords();

  /// Reads a document of format `airlock-name-words/1` (docs/formats/name-words.md). Error: bad_input naming `name`,
  /// the JSON path and the reason.
  [[nodiscard]] static core::Result<NameWords> parse(std::string_view text, std::string_view name);
  /// The list that this program was built with. Precondition, held by a test: it parses.
  [[nodiscard]] static const NameWords& built_in();

  /// The phrases of the list in these words, from front to back: at each word the longest, in the singular or plural.
  [[nodiscard]] std::vector<Phrase> find(const std::vector<std::string>& words) const;
  /// How many phrases it has.
  [[nodiscard]] std::size_t size() const;

 private:
  struct Phrases;
  std::unique_ptr<Phrases> phrases_;
};

}  // namespace airlock::prover
