#pragma once
/// \file
/// The literal steps of a dictionary's tree, for this module only: which node a step leads to. One hash table for the
/// whole tree, without pointers. A report may choose any names, but they meet a table that the dictionary alone made.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dictionary/field.hpp"

namespace airlock::dictionary {

class Steps {
 public:
  /// Where `step` leads from `parent`, or `no_place`.
  [[nodiscard]] PlaceNumber find(PlaceNumber parent, std::string_view step) const;
  /// Adds a step, which must not be there yet. Its text must outlive the table.
  void add(PlaceNumber parent, std::string_view step, PlaceNumber child);

 private:
  struct Entry {
    PlaceNumber parent = no_place;  ///< `no_place` if the entry is unused
    PlaceNumber child = no_place;
    std::string_view step;
  };
  /// The entry of this step, or the unused one in which it would be.
  [[nodiscard]] std::size_t entry_of(PlaceNumber parent, std::string_view step) const;

  std::vector<Entry> entries_ = std::vector<Entry>(64);  ///< their number is a power of two
  std::size_t used_ = 0;
};

}  // namespace airlock::dictionary
