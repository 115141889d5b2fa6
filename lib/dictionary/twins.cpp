#include "dictionary/twins.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "dictionary/key_pattern.hpp"

namespace airlock::dictionary {
namespace {

static_assert(twin_separators_limit + 2 <= 64, "the starts of a name's pieces, and its end, must fit the bits");

/// RFC 6901 4: `0`, or digits that do not begin with 0. Seven digits are enough for every array within a report's
/// limits.
bool is_index(std::string_view text) {
  return text == "0" || (text.size() <= 7 && core::is_digits(text) && text.front() != '0');
}

/// Where a piece leads that is no literal step: to the pattern or the `*` whose key it fits, or to `*` for elements if
/// it is an index; otherwise `no_place`.
PlaceNumber open_step(const Tree& tree, PlaceNumber from, std::string_view piece) {
  const Node& node = tree.nodes[from];
  const PlaceNumber keyed = tree.keyed(from, piece);
  if (keyed == no_place) return node.keys == nullptr && is_index(piece) ? node.wildcard : no_place;
  const KeyDeclaration& key = *tree.nodes[keyed].field->key;
  const auto parts = dictionary::cut(key, piece);
  return parts && fits(key, *parts) ? keyed : no_place;
}

}  // namespace

/// Finds the separators, also where they overlap.
void TwinMatcher::cut(std::string_view name) {
  const std::string_view separator = tree_.twins.separator;
  cuts_.clear();
  for (std::size_t at = 0; at + separator.size() <= name.size(); ++at) {
    if (name[at] == separator[0] && name.substr(at, separator.size()) == separator) cuts_.push_back(at);
  }
}

const std::vector<PlaceNumber>& TwinMatcher::match(std::string_view name) {
  found_.clear();
  cut(name);
  if (cuts_.empty() || cuts_.size() > twin_separators_limit) return found_;
  const std::uint64_t whole = std::uint64_t{1} << (cuts_.size() + 1);
  reached_.assign(1, Reached{tree_.twins_under, 1});
  while (!reached_.empty()) {
    next_.clear();
    for (const Reached& from : reached_) advance(name, from);
    for (const Reached& to : next_) {
      if ((to.starts & whole) != 0) found_.push_back(to.node);
    }
    std::swap(reached_, next_);
  }
  return found_;
}

void TwinMatcher::advance(std::string_view name, const Reached& from) {
  const Node& node = tree_.nodes[from.node];
  if (!node.has_children()) return;
  for (std::size_t start = 0; start <= cuts_.size(); ++start) {
    if ((from.starts >> start & 1) == 0) continue;
    const std::size_t begin = start == 0 ? 0 : cuts_[start - 1] + tree_.twins.separator.size();
    std::size_t separated = name.npos;  // where a piece ends that contains a separator, or a later one
    for (std::size_t cut = start; cut <= cuts_.size(); ++cut) {
      const std::size_t end = cut == cuts_.size() ? name.size() : cuts_[cut];
      if (end < begin) continue;  // the separator at `cut` overlaps the previous one
      if (separated == name.npos) separated = end + tree_.twins.separator.size();
      // Few literal steps contain a separator, so longer pieces are seldom looked up.
      const bool may_be_literal = node.has_literals() && (end < separated || node.has_separated);
      if (!may_be_literal && node.wildcard == no_place && !node.has_patterns()) break;
      const std::string_view piece = name.substr(begin, end - begin);
      const PlaceNumber literal = may_be_literal ? tree_.literal(from.node, piece) : no_place;
      if (literal != no_place) {
        reach(literal, cut + 1);
      } else if (const PlaceNumber open = open_step(tree_, from.node, piece); open != no_place) {
        reach(open, cut + 1);
      }
    }
  }
}

void TwinMatcher::reach(PlaceNumber node, std::size_t start) {
  const auto at =
      std::find_if(next_.begin(), next_.end(), [&](const Reached& reached) { return reached.node == node; });
  const std::uint64_t bit = std::uint64_t{1} << start;
  if (at == next_.end()) {
    next_.push_back({node, bit});
  } else {
    at->starts |= bit;
  }
}

}  // namespace airlock::dictionary
