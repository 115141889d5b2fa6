#include "dictionary/patterns.hpp"

#include <algorithm>
#include <cstdint>

#include "dictionary/key_pattern.hpp"

namespace airlock::dictionary {

bool Patterns::Pattern::wins_over(const Pattern& other) const {
  return literal_bytes != other.literal_bytes ? literal_bytes > other.literal_bytes : step < other.step;
}

void Patterns::add(const KeyDeclaration& key, std::string_view step, PlaceNumber node) {
  std::size_t bytes = 0;
  for (const auto& piece : key.pieces) bytes += piece.size();
  patterns_.push_back({&key, step, node, bytes});
}

void Patterns::sort() {
  std::sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
    const auto& left = a.key->pieces.front();
    const auto& right = b.key->pieces.front();
    return left != right ? left < right : a.wins_over(b);
  });
  for (std::size_t i = 0; i < patterns_.size(); ++i) {
    const std::string_view prefix = patterns_[i].key->pieces.front();
    if (!groups_.empty() && groups_.back().prefix == prefix) {
      groups_.back().end = i + 1;
      continue;
    }
    std::size_t outer = groups_.size() - 1;  // `none` for the first
    while (outer != none && !prefix.starts_with(groups_[outer].prefix)) outer = groups_[outer].outer;
    groups_.push_back({prefix, i, i + 1, outer});
  }
}

PlaceNumber Patterns::find(std::string_view name) const {
  // Every prefix of the name is the last one that is not behind it, or one that this begins with.
  const auto behind = std::upper_bound(groups_.begin(), groups_.end(), name,
                                       [](std::string_view text, const Group& group) { return text < group.prefix; });
  const Pattern* found = nullptr;
  for (auto at = static_cast<std::size_t>(behind - groups_.begin()) - 1; at != none; at = groups_[at].outer) {
    const Group& group = groups_[at];
    if (!name.starts_with(group.prefix)) continue;
    for (std::size_t i = group.begin; i < group.end; ++i) {
      if (found != nullptr && !patterns_[i].wins_over(*found)) break;
      if (!cut(*patterns_[i].key, name)) continue;
      found = &patterns_[i];
      break;
    }
  }
  return found == nullptr ? no_place : found->node;
}

}  // namespace airlock::dictionary
