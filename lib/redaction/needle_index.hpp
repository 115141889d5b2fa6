#pragma once
/// \file
/// Finds any of up to a million needles in a text, in time that grows with the logarithm of their number. Knows nothing
/// of reports. All texts have the form that forms.hpp gives them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.hpp"
#include "redaction/bounded_words.hpp"
#include "redaction/needle.hpp"
#include "redaction/taken_out.hpp"
#include "redaction/word_list.hpp"

namespace airlock::redaction {

/// How many beginnings of needles may be tried in one text. If more are needed, the text counts as a copy itself: a
/// text in which needles begin almost everywhere and never end was made to keep the scan busy.
class SearchBudget {
 public:
  explicit SearchBudget(std::size_t bytes) : left_(64 + bytes / 8) {}
  /// Takes one try; false if none is left.
  [[nodiscard]] bool take() { return left_ > 0 && left_-- > 0; }

 private:
  std::size_t left_;
};

/// Needles that are looked for anywhere. A needle that begins or ends with a digit is not found next to another digit,
/// unless it may have any ending.
class Anywhere {
 public:
  /// `key` is secret, so that the author of a report cannot predict the filter's bits.
  Anywhere(std::vector<Needle> needles, std::uint64_t key);

  [[nodiscard]] std::optional<NeedleHit> find(std::string_view text, SearchBudget& budget) const;
  [[nodiscard]] bool empty() const { return needles_.empty(); }

 private:
  struct Entry {
    Needle needle;
    std::uint32_t parent;  ///< index of the longest other needle that is a beginning of this one, or `none`
    bool ends_in_digit;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  [[nodiscard]] std::optional<NeedleHit> at(std::string_view text, SearchBudget& budget) const;
  [[nodiscard]] std::size_t filter_bit(std::uint64_t start) const;

  std::vector<Entry> needles_;  ///< sorted
  std::vector<bool> filter_;    ///< has the bit of each needle's first bytes, by hash
  std::uint64_t key_;
};

/// Needles that are looked for as words: as runs of letters without other letters next to them.
class Words {
 public:
  Words(std::vector<Needle> needles, std::uint64_t key);
  [[nodiscard]] std::optional<NeedleHit> find(std::string_view text) const;

 private:
  [[nodiscard]] std::size_t filter_bit(std::string_view word) const;

  std::vector<Needle> needles_;  ///< sorted
  std::vector<bool> filter_;
  std::uint64_t key_;
};

class NeedleIndex {
 public:
  /// For what was taken out and for the words of a list, which count as class `person`. `key` has 16 random bytes.
  NeedleIndex(const TakenOut& taken, const WordList& words, const crypto::Secret& key);

  /// A needle found in `text`, of those that are looked for anywhere or as words. Numbers only if `with_numbers`.
  [[nodiscard]] std::optional<NeedleHit> anywhere(std::string_view text, bool with_numbers, SearchBudget& budget) const;
  /// The needle that equals `text`, of those that are looked for as a whole and have the class `cls`.
  [[nodiscard]] std::optional<NeedleHit> whole(std::string_view text, dictionary::Class cls) const;

 private:
  struct Whole {
    std::string text;
    Classes classes;
    std::uint32_t source;
  };
  struct Sorted;
  NeedleIndex(Sorted sorted, std::uint64_t key);
  static Sorted sort(const TakenOut& taken, const WordList& words);

  Anywhere texts_;
  Anywhere numbers_;
  Words words_;
  BoundedWords bounded_;
  std::vector<Whole> wholes_;  ///< sorted, each text once
};

/// The needles that a note is searched for in addition, as whole words: all that does not leave and is long enough.
class NoteIndex {
 public:
  explicit NoteIndex(const TakenOut& taken);
  /// Whether `text` has one of them as a whole word or as whole words.
  [[nodiscard]] bool word(std::string_view text) const;

 private:
  [[nodiscard]] bool word_at(std::string_view text, std::size_t begin) const;

  std::vector<std::string> needles_;  ///< sorted
};

}  // namespace airlock::redaction
