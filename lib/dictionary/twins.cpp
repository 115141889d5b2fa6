#include "dictionary/twins.hpp"

#include <algorithm>

#include "core/ascii.hpp"
#include "dictionary/fits.hpp"

namespace airlock::dictionary {
namespace {

static_assert(twin_separators_limit + 2 <= 64, "the starts of a name's pieces, and its end, must fit the bits");

/// RFC 6901 4: `0`, or digits that do not begin with 0. Seven digits are enough for every array within a report's
/// limits.
bool is_index(std::string_view text) {
  return text == "0" || (text.size() <= 7 && core::is_digits(text) && text.front() != '0');
}

const Node* child_of(const Node& node, std::string_view piece) {
  if (const auto at = node.literals.find(piece); at != node.literals.end()) return at->second.get();
  if (!node.wildcard) return nullptr;
  const bool fits =
      node.keys == nullptr ? is_index(piece) : first_fit(node.keys->shape, report::TokenKind::key, piece).has_value();
  return fits ? node.wildcard.get() : nullptr;
}

}  // namespace

const std::vector<const Node*>& TwinMatcher::match(std::string_view name) {
  found_.clear();
  cuts_.clear();
  for (auto at = name.find(tree_.twins.separator); at != std::string_view::npos;
       at = name.find(tree_.twins.separator, at + 1)) {
    if (cuts_.size() == twin_separators_limit) return found_;
    cuts_.push_back(at);
  }
  if (cuts_.empty()) return found_;
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
  if (!from.node->has_children()) return;
  for (std::size_t start = 0; start <= cuts_.size(); ++start) {
    if ((from.starts >> start & 1) == 0) continue;
    const std::size_t begin = start == 0 ? 0 : cuts_[start - 1] + tree_.twins.separator.size();
    for (std::size_t cut = start; cut <= cuts_.size(); ++cut) {
      const std::size_t end = cut == cuts_.size() ? name.size() : cuts_[cut];
      if (end < begin) continue;  // the separator at `cut` overlaps the previous one
      if (const Node* child = child_of(*from.node, name.substr(begin, end - begin))) reach(child, cut + 1);
    }
  }
}

void TwinMatcher::reach(const Node* node, std::size_t start) {
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
