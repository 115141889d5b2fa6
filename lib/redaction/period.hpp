#pragma once
/// \file
/// The period that a report covers, read from the values that the dictionary's roles name. Only UTC days are kept. In a
/// report of many objects it runs from the first day of them all to the last.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "dictionary/classifier.hpp"

namespace airlock::redaction {

/// Stands for the field of a role that the dictionary does not have. No token has this field, nor has structure.
inline constexpr std::size_t no_role = dictionary::no_field - 1;

class PeriodReader {
 public:
  explicit PeriodReader(const dictionary::Dictionary& dictionary);

  /// Takes a declared value into account if its field begins or ends a period. `text` is the value's text in the
  /// report, or what is written instead of it. A text that says no time is passed over.
  void take(const dictionary::Placement& placement, std::string_view text);

  /// The first day (UTC, `YYYY-MM-DD`) and the last one; nothing if no value said it.
  [[nodiscard]] const std::optional<std::string>& start() const { return start_; }
  [[nodiscard]] const std::optional<std::string>& end() const { return end_; }

 private:
  std::size_t start_field_;  ///< index of the declaration, or `no_role`
  std::size_t end_field_;
  std::optional<std::string> start_;
  std::optional<std::string> end_;
};

}  // namespace airlock::redaction
