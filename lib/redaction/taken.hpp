#pragma once
/// \file
/// What redaction took out of a report: all that the leak scan is told of the original. Holds report values; never
/// shown, recorded or sent. What becomes a needle says docs/formats/leak-scan.md; filter.cpp collects.

#include <bitset>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/filter.hpp"

namespace airlock::redaction {

/// Bit i: the class with the value i.
using Classes = std::bitset<dictionary::class_count>;

/// Numbers of tell-tale classes are looked for from so many digits on.
inline constexpr std::size_t number_digits_least = 9;
/// In the note: numbers of any class, texts that the dictionary knew nothing of, and all others.
inline constexpr std::size_t note_digits_least = 5;
inline constexpr std::size_t note_odd_characters_least = 6;
inline constexpr std::size_t note_characters_least = 4;

/// Code points of UTF-8; other bytes count as characters too.
[[nodiscard]] std::size_t characters(std::string_view text);
/// How many ASCII digits `text` has.
[[nodiscard]] std::size_t digits(std::string_view text);

class Taken {
 public:
  /// What is known of one distinct text.
  struct Trace {
    Classes classes;           ///< as which it is looked for in the report; none: in the note only
    bool declared = false;     ///< whether it stood, of its type, where the dictionary declares it
    std::uint32_t source = 0;  ///< see `source`
  };
  /// Ordered trees, since nobody can choose texts that make one slow.
  using Needles = std::map<std::string, Trace, std::less<>>;

  /// Notes a value or key that does not leave. `cls` is as which it is looked for in the report, or nothing where the
  /// note alone is searched for it. What is too short or too common to be looked for is passed over. Error: bad_input
  /// where it would be more than `needles_limit` distinct ones.
  [[nodiscard]] core::Result<void> add_text(std::string_view text, std::optional<dictionary::Class> cls, bool declared,
                                            std::uint32_t source);
  /// The same for a number, written as JSON has it or as digits in a string.
  [[nodiscard]] core::Result<void> add_number(std::string_view text, std::optional<dictionary::Class> cls,
                                              std::uint32_t source);

  /// An id for a declared path, and back.
  [[nodiscard]] std::uint32_t source_id(const std::string& path);
  [[nodiscard]] const std::string& source(std::uint32_t id) const { return sources_[id]; }

  [[nodiscard]] const Needles& texts() const { return texts_; }
  [[nodiscard]] const Needles& numbers() const { return numbers_; }

 private:
  core::Result<void> add(Needles& needles, std::string_view text, std::optional<dictionary::Class> cls, bool declared,
                         std::uint32_t source);

  Needles texts_;
  Needles numbers_;
  std::vector<std::string> sources_;
};

}  // namespace airlock::redaction
