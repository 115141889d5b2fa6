#pragma once
/// \file
/// The key patterns of one object, for this module only: which of them a key has. Sorted by their first literal text,
/// so that a key meets only the patterns that begin as it does.

#include <cstddef>
#include <string_view>
#include <vector>

#include "dictionary/field.hpp"

namespace airlock::dictionary {

class Patterns {
 public:
  /// Adds a pattern. `key` and `step`, its step in paths, must outlive this.
  void add(const KeyDeclaration& key, std::string_view step, PlaceNumber node);
  /// Makes the patterns ready for `find`. To be called once all are added.
  void sort();
  /// The node of the pattern that the key has, or `no_place`. Of several patterns the one with the most bytes of
  /// literal text wins, then the one whose step comes first in byte order.
  [[nodiscard]] PlaceNumber find(std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return patterns_.size(); }

 private:
  struct Pattern {
    const KeyDeclaration* key;
    std::string_view step;
    PlaceNumber node;
    std::size_t literal_bytes;

    [[nodiscard]] bool wins_over(const Pattern& other) const;
  };
  /// The patterns that begin with the same text: those from `begin` to `end`, the winner first.
  struct Group {
    std::string_view prefix;
    std::size_t begin;
    std::size_t end;
    std::size_t outer;  ///< the group with the longest other prefix that this one begins with; `none` if there is none
  };
  static constexpr std::size_t none = SIZE_MAX;

  std::vector<Pattern> patterns_;
  std::vector<Group> groups_;  ///< by prefix
};

}  // namespace airlock::dictionary
