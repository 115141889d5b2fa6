#pragma once
/// \file
/// How terms spell types, and which names may be twins. For the source files of policy/ that compare terms.

#include <string_view>

#include "dictionary/dictionary.hpp"

namespace airlock::policy {

/// How `FieldTerms::takes` begins where it names a value of an `enum`.
inline constexpr std::string_view enum_prefix = "enum ";

/// How `FieldTerms::takes` begins where it names a sentinel, which partial treatments leave as it is.
inline constexpr std::string_view sentinel_prefix = "sentinel ";

[[nodiscard]] inline bool is_sentinel(std::string_view take) { return take.starts_with(sentinel_prefix); }

[[nodiscard]] inline bool is_enum(std::string_view take) { return take.starts_with(enum_prefix); }

/// The type of one of `FieldTerms::takes`.
[[nodiscard]] inline dictionary::Type type_of(std::string_view take) {
  return is_enum(take) || is_sentinel(take) ? dictionary::Type::enumeration
                       : dictionary::type_from(take).value_or(dictionary::Type::text);
}

/// Whether a member of `container` with this name, as paths spell it, may be a twin.
[[nodiscard]] inline bool may_be_twin(const dictionary::Twins& twins, std::string_view container, std::string_view step) {
  const auto& [under, separator] = twins;
  if (under.empty() || container != under) return false;
  // Steps are escaped, and so a separator with a character that needs it is taken for any.
  return step.find(separator) != step.npos || separator.find_first_of("~/*") != separator.npos;
}

}  // namespace airlock::policy
