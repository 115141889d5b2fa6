#include "dictionary/defaults.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "dictionary/field.hpp"

namespace airlock::dictionary {
namespace {

using core::Json;

Defaults read_one(core::Members& in) {
  Defaults out{in.text_if("under").value_or("")};
  if (in.ok() && in.has("under") && !out.under.starts_with('/')) in.refuse("under", "must begin with `/`");
  for (const auto* member : {"type", "class", "purpose", "nullable"}) {
    if (const Json* value = in.any(member)) out.members.emplace_back(member, value);
  }
  if (in.ok() && out.members.empty()) in.refuse("", "says none of `type`, `class`, `purpose` and `nullable`");
  return out;
}

/// The defaults at a path: of each member, those of the longest `under`.
Json in_force(const std::vector<Defaults>& defaults, std::string_view path) {
  Json out = Json::object();
  for (const Defaults& each : defaults) {
    if (!is_under(path, each.under)) continue;
    for (const auto& [member, value] : each.members) out[member] = *value;
  }
  return out;
}

}  // namespace

bool is_under(std::string_view path, std::string_view under) {
  return path.starts_with(under) && (path.size() == under.size() || path[under.size()] == '/');
}

std::vector<Defaults> read_defaults(core::Members& in) {
  std::vector<Defaults> out;
  const Json* value = in.any("defaults");
  const auto add = [&](core::Members& one) {
    Defaults read = read_one(one);
    const auto same = [&](const Defaults& each) { return each.under == read.under; };
    if (one.ok() && std::any_of(out.begin(), out.end(), same)) {
      one.refuse(read.under.empty() ? "" : "under", "is for the same paths as defaults before it");
    }
    out.push_back(std::move(read));
  };
  if (value != nullptr && value->is_array()) {
    in.each("defaults", defaults_limit, add);
  } else {
    in.inner_if("defaults", add);
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Defaults& left, const Defaults& right) { return left.under.size() < right.under.size(); });
  return out;
}

void apply(const std::vector<Defaults>& defaults, bool goes_on, Json& declaration) {
  if (!declaration.is_object()) return;
  const Json given = in_force(defaults, core::text_in(declaration, "path"));
  const auto add = [&](const char* member) {
    if (given.contains(member) && !declaration.contains(member)) declaration[member] = given[member];
  };
  add("purpose");
  const bool has_own_type = declaration.contains("type");
  if (goes_on && !has_own_type) return;
  add("type");
  if (!has_own_type || !given.contains("type")) add("class");
  add("nullable");
}

}  // namespace airlock::dictionary
