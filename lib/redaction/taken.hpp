#pragma once
/// \file
/// What redaction took out of a report, and what it wrote in its place: all that the leak scan is told of the original.
/// Holds report values; never shown, recorded or sent.

#include <bitset>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "redaction/filter.hpp"

namespace airlock::redaction {

/// Bit i: the class with the value i.
using Classes = std::bitset<dictionary::class_count>;

class Taken {
 public:
  /// Ordered trees, since nobody can choose texts that make one slow.
  using Needles = std::map<std::string, Classes, std::less<>>;

  /// A value or key that does not leave. Error: bad_input where it would be more than `needles_limit` distinct ones.
  [[nodiscard]] core::Result<void> add(std::string_view text, dictionary::Class cls);
  /// A constant or pseudonym that leaves instead.
  void add_written(std::string_view text) { written_.emplace(text); }

  [[nodiscard]] const Needles& needles() const { return needles_; }
  [[nodiscard]] bool is_written(std::string_view text) const { return written_.contains(text); }

  /// Whether twins were dropped, so that none may be found in what leaves.
  bool twins_dropped = false;

 private:
  Needles needles_;
  std::set<std::string, std::less<>> written_;
};

}  // namespace airlock::redaction
