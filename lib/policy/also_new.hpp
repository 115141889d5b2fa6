#pragma once
/// \file
/// Standing consents: a person consents in advance to values of a class and of some types that a later kit is the first
/// to declare. Pure. gate/ records consents and knows what earlier kits declared.

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "policy/ceiling.hpp"

namespace airlock::policy {

/// Values of this class all of whose types are among these.
struct AlsoNew {
  dictionary::Class cls = dictionary::Class::usage;
  std::set<dictionary::Type> types;

  bool operator==(const AlsoNew&) const = default;
};

/// Reads consents as a person writes them, in pairs such as `class=usage,version` `type=count,integer`. The single word
/// `none` takes back all consents and gives an empty list. Returns one consent for each class. Error: usage, also for
/// the classes `person`, `location`, `identifier` and `licence`, since nobody can consent to such values unseen.
[[nodiscard]] Result<std::vector<AlsoNew>> also_new_from_words(const std::vector<std::string>& words);
/// One consent in words: `class usage, of type count, integer`.
[[nodiscard]] std::string text(const AlsoNew& consent);

/// One consent as a person writes it: `class=usage type=count,integer`.
[[nodiscard]] std::string as_typed(const AlsoNew& consent);

/// Consents as the ledger stores them: `[{"class": "usage", "types": ["count", "integer"]}]`.
[[nodiscard]] core::Json to_json(const std::vector<AlsoNew>& consents);
/// Reads them back. `name` is what messages call the document. Error: bad_input.
[[nodiscard]] Result<std::vector<AlsoNew>> also_new_from(const core::Json& json, std::string_view name);

/// Consents, with what is needed to apply them.
struct Consent {
  std::vector<AlsoNew> to;
  std::set<std::string> declared;  ///< every path that any kit of the site declared before
};

/// Adds to the ceiling those values of `decisions` that the consents cover and that no earlier kit declared. A value is
/// added only if its path has no `*`, is not at, above or below a path that was declared before, cannot be a twin's,
/// and does not end in the name of a declared value of class `person`, `location`, `identifier` or `licence`, which may
/// have moved. Changes an event only if its decision is nowhere looser afterwards. Returns the added paths, sorted.
[[nodiscard]] std::vector<std::string> admit(Ceiling& ceiling, const Ceiling& decisions, const Consent& consent);

/// The values of `decision` that the ceiling lacks and that some consent can cover, by path, each with the smallest
/// such consent. `declared`: every path that any kit of the site declared before.
[[nodiscard]] std::map<std::string, AlsoNew> coverable(const Terms& decision, const Terms& ceiling,
                                                       const std::set<std::string>& declared);
/// New values that one consent would cover.
struct Coverable {
  AlsoNew consent;
  std::set<std::string> paths;
};
/// What consents would cover of that which is looser.
struct WouldCover {
  std::vector<Coverable> consents;  ///< the smallest ones, each once
  bool suffices = true;             ///< whether nothing else is looser; if something is, consents let nothing in

  /// Adds what consents would cover for another decision.
  void add(const WouldCover& other);
};
/// What consents would cover of that in which `decision` is looser than `ceiling`. `declared`: as for `coverable`.
[[nodiscard]] WouldCover would_cover(const Terms& decision, const Terms& ceiling,
                                     const std::set<std::string>& declared);
/// The terms that a ceiling with `ceiling` has once somebody has consented to these values of `decision`.
[[nodiscard]] Terms extended(const Terms& ceiling, const Terms& decision, const std::vector<std::string>& paths);

}  // namespace airlock::policy
