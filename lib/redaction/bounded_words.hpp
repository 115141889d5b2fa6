#pragma once
/// \file
/// Finds the words of a list that need a boundary and that Words (needle_index.hpp) cannot find: those under 6
/// characters, and words of letters with any ending. All texts have the form that forms.hpp gives them.

#include <optional>
#include <string_view>
#include <vector>

#include "redaction/needle.hpp"

namespace airlock::redaction {

/// A needle of letters only is not found beside another letter. Any other one, where it begins or ends with a letter or
/// a digit, is not found beside a letter or a digit there. With any ending, only its beginning counts.
class BoundedWords {
 public:
  /// Each needle has two characters or more.
  explicit BoundedWords(std::vector<Needle> needles);
  /// A needle found in `text`. Those of digits only if `with_numbers`.
  [[nodiscard]] std::optional<NeedleHit> find(std::string_view text, bool with_numbers) const;

 private:
  struct Entry {
    Needle needle;
    bool is_letters;
    bool is_number;
  };
  /// Whether `text`, which has the needle at `begin`, has it as a word there.
  [[nodiscard]] static bool is_word(std::string_view text, std::size_t begin, const Entry& entry);

  std::vector<Entry> needles_;    ///< sorted
  std::vector<bool> beginnings_;  ///< whether a needle begins with these two bytes; empty if there is no needle
};

}  // namespace airlock::redaction
