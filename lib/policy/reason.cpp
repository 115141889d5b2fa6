#include <algorithm>

#include "core/text.hpp"
#include "policy/ceiling.hpp"
#include "policy/field_terms.hpp"

namespace airlock::policy {
namespace {

/// Maximum number of types or values in a reason. An `enum` may have thousands.
constexpr std::size_t names_told = 8;

using Names = std::vector<std::string>;

struct Sorted {
  Names types;
  Names values;  ///< of an `enum`
  Names sentinels;
  Names classes;  ///< of which an `opaque` value may tell something
};

Sorted sorted(const Names& takes) {
  Sorted out;
  for (const std::string& take : takes) {
    if (is_enum(take)) {
      out.values.push_back(take.substr(enum_prefix.size()));
    } else if (is_sentinel(take)) {
      out.sentinels.push_back(take.substr(sentinel_prefix.size()));
    } else if (is_holds(take)) {
      out.classes.push_back(take.substr(holds_prefix.size()));
    } else {
      out.types.push_back(take);
    }
  }
  return out;
}

std::string some_of(const Names& names) {
  std::string out;
  for (std::size_t i = 0; i < std::min(names.size(), names_told); ++i) {
    out += (i == 0 ? "" : ", ") + core::quote(names[i]);
  }
  if (names.size() > names_told) out += " and " + std::to_string(names.size() - names_told) + " more";
  return out;
}

void add(std::string& out, const Names& names, const std::string& noun, const std::string& change) {
  if (names.empty()) return;
  const std::string count = names.size() == 1
                                ? "one " + noun
                                : std::to_string(names.size()) + " " + noun + (noun.ends_with('s') ? "es" : "s");
  out += (out.empty() ? "" : "; ") + count + " " + change + ": " + some_of(names);
}

}  // namespace

std::string in_words(FieldKind kind, std::string_view path) {
  return (kind == FieldKind::value ? "the value of " : "the key of ") + core::quote(path);
}

std::string reason(const Loosening& loosening) {
  const Sorted gained = sorted(loosening.gained);
  const Sorted lost = sorted(loosening.lost);
  std::string out;
  if (!gained.types.empty() && !lost.types.empty()) {
    out = (lost.types.size() == 1 ? "type " : "types ") + some_of(lost.types) +
          (lost.types.size() == 1 ? " becomes " : " become ") + some_of(gained.types);
  } else {
    add(out, gained.types, "type", "more");
    add(out, lost.types, "type", "fewer");
  }
  add(out, gained.values, "enum value", "more");
  add(out, lost.values, "enum value", "fewer");
  add(out, gained.sentinels, "sentinel", "more");
  add(out, lost.sentinels, "sentinel", "fewer");
  const bool was_opaque = std::find(gained.types.begin(), gained.types.end(), "opaque") == gained.types.end();
  if (was_opaque) add(out, gained.classes, "class", "more in it");
  return out.empty() ? loosening.from + " becomes " + loosening.to : out;
}

}  // namespace airlock::policy
