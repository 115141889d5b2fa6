#pragma once
/// \file
/// Finds out whether any of up to a million texts stands in another, in time that does not grow with their number but
/// by its logarithm. Knows nothing of reports. All texts come in the form of forms.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/hash.hpp"
#include "redaction/taken.hpp"

namespace airlock::redaction {

/// Needles of tell-tale classes with so many characters are looked for anywhere, all others as whole texts.
inline constexpr std::size_t anywhere_characters_least = 6;
/// One of letters only with fewer characters is looked for as a word. Licence keys are not: they are no words.
inline constexpr std::size_t letters_least = 12;
/// Of a longer needle that is looked for anywhere, its beginning is: that much of it is a hit.
inline constexpr std::size_t anywhere_bytes_most = 256;

/// What was found.
struct Found {
  dictionary::Class cls;
  std::uint32_t source;  ///< as in Taken
};

/// How many beginnings of needles may be tried in one text before it counts as a copy itself: a text in which needles
/// begin almost everywhere and never end was made to keep the scan busy.
class Patience {
 public:
  explicit Patience(std::size_t bytes) : left_(64 + bytes / 8) {}
  /// Takes one; false when there is none left.
  [[nodiscard]] bool take() { return left_ > 0 && left_-- > 0; }

 private:
  std::size_t left_;
};

/// Needles that are looked for anywhere. One that begins or ends with a digit is not found beside another digit.
class Anywhere {
 public:
  struct Needle {
    std::string text;
    Found found;
  };
  /// `key` makes the order of the filter's bits unknown to whoever wrote the report.
  Anywhere(std::vector<Needle> needles, std::uint64_t key);

  [[nodiscard]] std::optional<Found> find(std::string_view text, Patience& patience) const;
  [[nodiscard]] bool empty() const { return needles_.empty(); }

 private:
  struct Entry {
    Needle needle;
    std::uint32_t parent;  ///< the longest other needle that this one begins with, or `none`
    bool ends_in_digit;
  };
  static constexpr std::uint32_t none = UINT32_MAX;

  [[nodiscard]] std::optional<Found> at(std::string_view text, Patience& patience) const;
  [[nodiscard]] std::size_t filter_bit(std::uint64_t start) const;

  std::vector<Entry> needles_;  ///< sorted
  std::vector<bool> filter_;    ///< by hash of the first bytes of each
  std::uint64_t key_;
};

/// Needles that are looked for as words: runs of letters with none beside them.
class Words {
 public:
  Words(std::vector<Anywhere::Needle> needles, std::uint64_t key);
  [[nodiscard]] std::optional<Found> find(std::string_view text) const;

 private:
  [[nodiscard]] std::size_t filter_bit(std::string_view word) const;

  std::vector<Anywhere::Needle> needles_;  ///< sorted
  std::vector<bool> filter_;
  std::uint64_t key_;
};

class NeedleIndex {
 public:
  /// `key` has 16 random bytes.
  NeedleIndex(const Taken& taken, const crypto::Secret& key);

  /// A needle that stands anywhere in `text`, of those that are looked for anywhere; numbers only if `with_numbers`.
  [[nodiscard]] std::optional<Found> anywhere(std::string_view text, bool with_numbers, Patience& patience) const;
  /// Whether `text` is one of the other needles of class `cls`.
  [[nodiscard]] std::optional<Found> whole(std::string_view text, dictionary::Class cls) const;

 private:
  struct Whole {
    std::string text;
    Classes classes;
    std::uint32_t source;
  };
  struct Sorted;
  NeedleIndex(Sorted sorted, std::uint64_t key);
  static Sorted sort(const Taken& taken);

  Anywhere texts_;
  Anywhere numbers_;
  Words words_;
  std::vector<Whole> wholes_;  ///< sorted, each text once
};

/// What the note is searched for as whole words, besides: all that does not leave and is long enough.
class NoteIndex {
 public:
  explicit NoteIndex(const Taken& taken);
  /// Whether one of them stands in `text` as a whole word or words.
  [[nodiscard]] bool word(std::string_view text) const;

 private:
  [[nodiscard]] bool word_at(std::string_view text, std::size_t begin) const;

  std::vector<std::string> needles_;  ///< sorted
};

}  // namespace airlock::redaction
