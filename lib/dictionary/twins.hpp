#pragma once
/// \file
/// Twins, internal to this module: which declared paths may a flattened name such as `teams__2__ff_count` copy?

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "dictionary/tree.hpp"

namespace airlock::dictionary {

class TwinMatcher {
 public:
  /// `tree` must outlive the matcher.
  explicit TwinMatcher(const Dictionary::Tree& tree) : tree_(tree) {}

  /// The node of every declared path or proper prefix that some split of `name` at separators leads to, shorter paths
  /// first. A literal step wins over `*`, a member's `*` takes what fits its key, an element's `*` takes an array index
  /// (RFC 6901 4). Empty where there is none, or too many separators. Valid until the next call.
  /// Precondition: `name` itself is not declared, so that every split cuts it at least once.
  [[nodiscard]] const std::vector<const Node*>& match(std::string_view name);

 private:
  /// A node that some pieces from the front of the name lead to. Bit `i` of `starts` is set where the next piece may
  /// begin behind the separator `i - 1`; bit 0 is the front of the name, the bit behind the last separator's its end.
  struct Reached {
    const Node* node;
    std::uint64_t starts;
  };

  void advance(std::string_view name, const Reached& from);
  void reach(const Node* node, std::size_t start);

  const Dictionary::Tree& tree_;
  std::vector<std::size_t> cuts_;  ///< offsets of the separators
  std::vector<Reached> reached_;
  std::vector<Reached> next_;
  std::vector<const Node*> found_;
};

}  // namespace airlock::dictionary
