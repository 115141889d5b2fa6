#pragma once
/// \file
/// Finds out whether any of up to a million texts stands in another, in time that does not grow with their number but
/// by its logarithm. Knows nothing of reports. All texts come in the form of forms.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "redaction/taken.hpp"

namespace airlock::redaction {

/// Needles of these classes with so many characters that are not numbers are looked for anywhere.
inline constexpr std::size_t anywhere_characters_least = 6;
/// All others are looked for in the note from so many characters on.
inline constexpr std::size_t word_characters_least = 4;
/// Of a longer needle that is looked for anywhere, its beginning is: that much of it is a hit.
inline constexpr std::size_t anywhere_bytes_most = 256;

class NeedleIndex {
 public:
  explicit NeedleIndex(const Taken::Needles& needles);

  /// The class of a needle that stands anywhere in `text`, of those that are looked for anywhere.
  [[nodiscard]] std::optional<dictionary::Class> anywhere(std::string_view text) const;
  /// Whether `text` is one of the other needles of class `cls`.
  [[nodiscard]] bool is_whole(std::string_view text, dictionary::Class cls) const;
  /// The class of one of the other needles that stands in `text` as a whole word or words.
  [[nodiscard]] std::optional<dictionary::Class> word(std::string_view text) const;

 private:
  struct Needle {
    std::string text;
    Classes classes;
  };
  using Needles = std::vector<Needle>;

  static void sort_and_merge(Needles& needles);
  void build_filter();
  [[nodiscard]] std::size_t filter_bit(std::uint64_t start) const;
  [[nodiscard]] const Needle* word_at(std::string_view text, std::size_t begin) const;

  Needles anywhere_;          ///< sorted, none the beginning of another
  Needles others_;            ///< sorted, each text once
  std::vector<bool> filter_;  ///< by hash of the first bytes of each in `anywhere_`
};

}  // namespace airlock::redaction
