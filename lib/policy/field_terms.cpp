#include "policy/field_terms.hpp"

#include "dictionary/key_pattern.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::policy {

using dictionary::Type;

bool is_number(std::string_view take) { return dictionary::is_number(type_of(take)); }

bool is_string(std::string_view take) {
  const Type type = type_of(take);
  return !is_number(take) && !is_holds(take) && type != Type::boolean && type != Type::empty;
}

bool is_searched(std::string_view take) { return redaction::evidence_of(type_of(take)) == redaction::Evidence::text; }

std::string key_term(const dictionary::Field& field, std::size_t part) {
  return field.key->is_pattern() ? field.path + "{" + std::to_string(part + 1) + "}" : field.path;
}

std::string_view path_of_key(std::string_view term) {
  const std::string_view step = term.substr(term.rfind('/') + 1);
  // The literal text of a pattern has no braces.
  return dictionary::is_pattern_step(step) ? term.substr(0, term.rfind('{')) : term;
}

bool may_overlap(std::string_view a, std::string_view b) {
  const auto begins = [](std::string_view step) { return step.substr(0, step.find('*')); };
  const auto ends = [](std::string_view step) {
    return step.substr(step.find('*') == step.npos ? 0 : step.rfind('*') + 1);
  };
  const bool begin_alike = begins(a).starts_with(begins(b)) || begins(b).starts_with(begins(a));
  return begin_alike && (ends(a).ends_with(ends(b)) || ends(b).ends_with(ends(a)));
}

bool may_be_twin(const dictionary::Twins& twins, std::string_view container, std::string_view step) {
  const auto& [under, separator] = twins;
  if (under.empty() || container != under) return false;
  // Paths escape `~`, `/` and `*` in steps. If the separator has one of them, any name may be a twin.
  return step.find(separator) != step.npos || separator.find_first_of("~/*") != separator.npos;
}

}  // namespace airlock::policy
