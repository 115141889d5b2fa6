#include "policy/field_terms.hpp"

#include "redaction/looked_for.hpp"

namespace airlock::policy {

using dictionary::Type;

bool is_number(std::string_view take) { return dictionary::is_number(type_of(take)); }

bool is_string(std::string_view take) {
  const Type type = type_of(take);
  return !is_number(take) && type != Type::boolean && type != Type::empty;
}

bool is_searched(std::string_view take) { return redaction::evidence_of(type_of(take)) == redaction::Evidence::text; }

bool may_be_twin(const dictionary::Twins& twins, std::string_view container, std::string_view step) {
  const auto& [under, separator] = twins;
  if (under.empty() || container != under) return false;
  // Paths escape `~`, `/` and `*` in steps. If the separator has one of them, any name may be a twin.
  return step.find(separator) != step.npos || separator.find_first_of("~/*") != separator.npos;
}

}  // namespace airlock::policy
