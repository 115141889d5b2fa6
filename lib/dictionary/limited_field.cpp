#include "dictionary/limited_field.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::dictionary {
namespace {

using core::quote;

bool can_be_limited(const Field& field) {
  return field.cls == Class::usage &&
         std::none_of(field.is_wildcard.begin(), field.is_wildcard.end(), [](bool is) { return is; });
}

/// Whether a limit may call the field so: by its last step, or by its last steps joined with dots.
bool is_called(const Field& field, std::string_view limit) {
  std::string name;
  for (auto step = field.steps.rbegin(); step != field.steps.rend(); ++step) {
    name = name.empty() ? *step : *step + "." + name;
    if (name == limit) return true;
    if (name.size() > limit.size()) return false;
  }
  return false;
}

}  // namespace

LimitedField limited_field(const Dictionary& dictionary, std::string_view limit) {
  LimitedField out;
  for (const Field& field : dictionary.fields()) {
    if (!can_be_limited(field) || !is_called(field, limit)) continue;
    if (!out.path.empty()) {
      return {.path = {},
              .problem = "names more than one declared field: " + quote(out.path) + " and " + quote(field.path)};
    }
    out.path = field.path;
  }
  if (out.path.empty()) out.problem = "names no declared field of class `usage`";
  return out;
}

std::vector<std::string> names_for_limits(const Dictionary& dictionary) {
  std::vector<std::string> out;
  for (const Field& field : dictionary.fields()) {
    if (can_be_limited(field) && !field.steps.empty()) out.push_back(field.steps.back());
  }
  return out;
}

}  // namespace airlock::dictionary
