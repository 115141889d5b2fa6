#pragma once
/// \file
/// Twins, for this module only: which declared paths a flattened name such as `teams__2__ff_count` may copy.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dictionary/tree.hpp"

namespace airlock::dictionary {

class TwinMatcher {
 public:
  /// `tree` must outlive the matcher.
  explicit TwinMatcher(const Tree& tree) : tree_(tree) {}

  /// The nodes that splitting `name` at some of its separators leads to, shorter paths first: declared paths and their
  /// proper prefixes. A literal step wins over `*`. A `*` for members accepts what fits its key, a `*` for elements
  /// accepts an array index (RFC 6901 4). Empty if there is no such node, or if the name has too many separators. Valid
  /// until the next call. Precondition: `name` itself is not declared, so that every split cuts it at least once.
  [[nodiscard]] const std::vector<PlaceNumber>& match(std::string_view name);

 private:
  /// A node to which some first pieces of the name lead. Bit 0 of `starts` is set if the next piece may begin at the
  /// start of the name, bit i + 1 if it may begin after separator i. One more bit says that the whole name was used.
  struct Reached {
    PlaceNumber node;
    std::uint64_t starts;
  };

  void cut(std::string_view name);
  void advance(std::string_view name, const Reached& from);
  void reach(PlaceNumber node, std::size_t start);

  const Tree& tree_;
  std::vector<std::size_t> cuts_;  ///< offsets of the separators
  std::vector<Reached> reached_;
  std::vector<Reached> next_;
  std::vector<PlaceNumber> found_;
};

}  // namespace airlock::dictionary
