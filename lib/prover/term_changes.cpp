#include "prover/term_changes.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.hpp"

namespace airlock::prover {
namespace {

using core::quote;
using policy::FieldKind;
using policy::Loosening;

/// The difference as seen from the other side.
Loosening reversed(Loosening difference) {
  std::swap(difference.from, difference.to);
  std::swap(difference.gained, difference.lost);
  return difference;
}

std::string class_of(const Loosening& difference, const policy::Terms& terms) {
  const auto& fields = difference.kind == FieldKind::value ? terms.values : terms.keys;
  const auto found = fields.find(difference.path);
  return found == fields.end() ? "" : std::string(dictionary::name(found->second.cls));
}

}  // namespace

std::string_view name(Direction direction) {
  static constexpr std::array<std::string_view, 3> names{"looser", "stricter", "mixed"};
  return names.at(static_cast<std::size_t>(direction));
}

std::vector<TermChange> term_changes(const policy::Terms& before, const policy::Terms& after) {
  std::vector<TermChange> out;
  for (auto& difference : policy::loosenings(after, &before)) {
    std::string cls = class_of(difference, after);
    out.push_back({std::move(difference), Direction::looser, std::move(cls), {}});
  }
  const std::size_t looser = out.size();
  std::set<std::string> told;
  for (std::size_t i = 0; i < looser; ++i) told.insert(out[i].difference.what);
  for (auto& difference : policy::loosenings(before, &after)) {
    if (told.contains(difference.what)) continue;
    std::string cls = class_of(difference, after);
    out.push_back({reversed(std::move(difference)), Direction::stricter, std::move(cls), {}});
  }
  return out;
}

std::string in_words(const TermChange& change) {
  const Loosening& difference = change.difference;
  const bool is_of_types = !difference.gained.empty() || !difference.lost.empty();
  std::string out = difference.what;
  if (is_of_types) {
    out = quote(difference.path) + (difference.kind == FieldKind::key ? " (the key)" : "");
    if (!change.cls.empty()) out += ", class " + quote(change.cls);
  }
  return out + ": " + policy::reason(difference) + ", " + std::string(name(change.direction));
}

}  // namespace airlock::prover
