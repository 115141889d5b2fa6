#pragma once
/// \file
/// Helpers for the source files of policy/ that read and compare terms (ceiling.hpp): how terms spell types, what a
/// treatment shows, which names may be twins.

#include <string>
#include <string_view>

#include "dictionary/field.hpp"
#include "redaction/treatment.hpp"

namespace airlock::policy {

/// How an element of `FieldTerms::takes` begins if it names a value of an `enum`.
inline constexpr std::string_view enum_prefix = "enum ";

/// How an element of `FieldTerms::takes` begins if it names a sentinel. Partial treatments leave sentinels as they are.
inline constexpr std::string_view sentinel_prefix = "sentinel ";

/// How an element of `FieldTerms::takes` begins if it names a class of which an `opaque` value may tell something.
inline constexpr std::string_view holds_prefix = "holds ";

[[nodiscard]] inline bool is_holds(std::string_view take) { return take.starts_with(holds_prefix); }

[[nodiscard]] inline bool is_sentinel(std::string_view take) { return take.starts_with(sentinel_prefix); }

[[nodiscard]] inline bool is_enum(std::string_view take) { return take.starts_with(enum_prefix); }

/// The type of an element of `FieldTerms::takes`.
[[nodiscard]] inline dictionary::Type type_of(std::string_view take) {
  if (is_holds(take)) return dictionary::Type::opaque;
  return is_enum(take) || is_sentinel(take) ? dictionary::Type::enumeration
                                            : dictionary::type_from(take).value_or(dictionary::Type::text);
}

[[nodiscard]] bool is_number(std::string_view take);
[[nodiscard]] bool is_string(std::string_view take);
/// Whether the leak scan looks for copies in values of the type.
[[nodiscard]] bool is_searched(std::string_view take);

/// Whether the datum is taken out or changed, so that copies of it may be looked for.
[[nodiscard]] inline bool takes_out(const redaction::Treatment& treatment) {
  return treatment.action != redaction::Action::keep;
}
/// Whether a reader of the redacted report can see of which form the datum was. All masked values look alike.
[[nodiscard]] inline bool shows_form(const redaction::Treatment& treatment) {
  return treatment.action != redaction::Action::drop && treatment.action != redaction::Action::mask;
}

/// How `Terms::keys` calls a key: by its declared path. The parts of a pattern have their numbers behind it:
/// `/metrics/stats.ds.*.count{1}`.
[[nodiscard]] std::string key_term(const dictionary::Field& field, std::size_t part);
/// The declared path in a name of `Terms::keys`.
[[nodiscard]] std::string_view path_of_key(std::string_view term);

/// Whether a key may be of both steps, as paths spell them: patterns or literal steps. Compares only how they begin and
/// end, so it may say so of more than there are.
[[nodiscard]] bool may_overlap(std::string_view a, std::string_view b);

/// Whether a member of `container` with this name, as paths spell it, may be a twin.
[[nodiscard]] bool may_be_twin(const dictionary::Twins& twins, std::string_view container, std::string_view step);

}  // namespace airlock::policy
