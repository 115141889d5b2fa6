#pragma once
/// \file
/// What redaction took out of a report: everything that the leak scan knows of the original. Holds values of the
/// report, so it is never shown, recorded or sent. docs/formats/leak-scan.md says which values become needles;
/// filter.cpp collects them.

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "dictionary/field.hpp"

namespace airlock::redaction {

/// Bit i: the class with the value i.
using Classes = std::bitset<dictionary::class_count>;

/// More distinct values than this cannot be looked for.
inline constexpr std::size_t needles_limit = 1'000'000;
/// A number of a tell-tale class (looked_for.hpp) is looked for if it has at least this many digits.
inline constexpr std::size_t number_digits_minimum = 9;
/// A note is searched for shorter ones too: numbers of any class, undeclared texts, and all other texts.
inline constexpr std::size_t note_digits_minimum = 5;
inline constexpr std::size_t note_odd_characters_minimum = 6;
inline constexpr std::size_t note_characters_minimum = 4;

/// How many code points a UTF-8 text has. Bytes that are not UTF-8 count as characters too.
[[nodiscard]] std::size_t characters(std::string_view text);
/// How many ASCII digits `text` has.
[[nodiscard]] std::size_t digits(std::string_view text);

class TakenOut {
 public:
  /// What is known of one distinct text.
  struct Trace {
    Classes classes;           ///< the report is searched for it as a value of these; none: only the note is searched
    bool declared = false;     ///< whether it once stood, of its type, at a place that the dictionary declares
    std::uint32_t source = 0;  ///< where it stood, see `source`
  };
  /// Ordered trees, since nobody can choose texts that make one slow.
  using Needles = std::map<std::string, Trace, std::less<>>;

  /// Notes a value or key that does not leave. The report is searched for it as a value of class `cls`; without a class
  /// only the note is searched. A text that is too short or too common is passed over. Error: bad_input if there would
  /// be more than `needles_limit` distinct texts and numbers.
  [[nodiscard]] core::Result<void> add_text(std::string_view text, std::optional<dictionary::Class> cls, bool declared,
                                            std::uint32_t source);
  /// The same for a number, as JSON writes it or as digits in a string.
  [[nodiscard]] core::Result<void> add_number(std::string_view text, std::optional<dictionary::Class> cls,
                                              std::uint32_t source);

  /// The id of a declared path, and the path of an id.
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
