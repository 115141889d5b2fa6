#pragma once
/// \file
/// What a person consented to before it was declared: values that a later kit is the first to declare, of a class and of
/// types that were named. Pure; who recorded it, and what earlier kits declared, gate/ knows.

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "policy/ceiling.hpp"

namespace airlock::policy {

/// Values of this class that are of these types, and of no other.
struct AlsoNew {
  dictionary::Class cls = dictionary::Class::usage;
  std::set<dictionary::Type> types;

  bool operator==(const AlsoNew&) const = default;
};

/// A consent as a person says it, in pairs: `class=usage,version`, `type=count,integer`; or `none` alone, which takes
/// back what was consented to before. One for each class. Errors: usage, also for the classes `person`, `location`,
/// `identifier` and `licence`, to which nobody can consent unseen.
[[nodiscard]] Result<std::vector<AlsoNew>> also_new_from_words(const std::vector<std::string>& words);
/// In words, one line for each: `class usage, of type count, integer`.
[[nodiscard]] std::string text(const AlsoNew& consent);

/// As the ledger has it: `[{"class": "usage", "types": ["count", "integer"]}]`.
[[nodiscard]] core::Json to_json(const std::vector<AlsoNew>& consents);
/// Reads it back; `name` is what messages call the document. Error: bad_input.
[[nodiscard]] Result<std::vector<AlsoNew>> also_new_from(const core::Json& json, std::string_view name);

/// A consent with what it needs to be carried out.
struct Consent {
  std::vector<AlsoNew> to;
  std::set<std::string> declared;  ///< every path that any kit of the site declared before
};

/// Takes into the ceiling the values that decisions have and earlier kits did not, where the consent covers them: literal
/// paths, never above, below or at a path that was declared, nor with a name that a twin may have. Only for events whose
/// decision is nowhere looser once they are in. Returns the paths, sorted.
[[nodiscard]] std::vector<std::string> admit(Ceiling& ceiling, const Ceiling& decisions, const Consent& consent);

}  // namespace airlock::policy
