#pragma once
/// \file
/// What a policy document says, read and checked; for policy/ and prover/ only. document.cpp and
/// profiles.cpp read it, policy.cpp decides by it.

#include <map>
#include <set>

#include "policy/policy.hpp"

namespace airlock::policy {

/// By name, with the redactions of what they extend.
using Profiles = std::map<std::string, redaction::Profile, std::less<>>;

/// A `when` or a `for`. An empty list does not constrain; a document cannot write one.
struct Selector {
  std::vector<std::string> tiers;
  std::vector<LicenceState> licences;
  std::vector<std::string> entitlements;
  std::vector<std::string> events;
  std::vector<KitAge> kits;
};

struct Tier {
  Disposition disposition = Disposition::withhold;
  std::vector<std::string> profiles;
  std::set<Disposition> may;
};

struct Rule {
  std::string id;
  Selector when;
  Disposition at_least = Disposition::send;
  std::vector<std::string> profiles;
};

/// What a policy promises of itself; prover/ proves it.
struct Claim {
  std::string id;
  Selector where;
  std::vector<Disposition> never;        ///< either these,
  std::optional<dictionary::Class> cls;  ///< or that no datum of this class leaves
};

struct Document {
  std::string name;
  std::string version;
  std::map<std::string, Tier, std::less<>> tiers;
  Disposition otherwise = Disposition::withhold;
  std::vector<Rule> rules;
  Profiles profiles;
  std::map<std::string, std::string, std::less<>> extends;  ///< which profile is written to extend which
  std::vector<Claim> claims;
  std::vector<std::string> entitlements;  ///< that licences may name besides those of rules and claims
};

/// Members AND, values OR.
[[nodiscard]] bool matches(const Selector& when, const Facts& facts);
/// The same with all entitlements there are.
[[nodiscard]] bool matches_but_for_entitlements(const Selector& when, const Facts& facts);

/// Whether the tier comes from a verified licence, or from the site's own word that it has none (DESIGN: `missing` and
/// `invalid` have no tier otherwise).
[[nodiscard]] bool is_believed(const Facts& facts);
/// Whether the licence, as it stands, gives what its tier grants. All else is at least sealed, whatever a policy says.
[[nodiscard]] bool is_in_force(const Facts& facts);
/// Whether the rule withholds whatever the licence and the kit are, which is no exception.
[[nodiscard]] bool withholds_by_design(const Rule& rule);

/// See Policy::decide; as if the document had not the rule `without`.
[[nodiscard]] Decision decide(const Document& document, const Facts& facts, const Rule* without = nullptr);

/// Whether a profile takes anything away. `undeclared: drop` does: what leaves need not be the report's exact bytes.
[[nodiscard]] bool redacts(const redaction::Profile& profile);

/// Reads the member `profiles` of the document `name`, whose format has this version; `extends` becomes what each is
/// written to extend.
[[nodiscard]] Result<Profiles> read_profiles(const core::Json& json, std::string_view name, int version,
                                             const dictionary::Dictionary& dictionary,
                                             std::map<std::string, std::string, std::less<>>& extends);

/// See Policy::parse.
[[nodiscard]] Result<Document> read_document(std::string_view text, std::string_view name,
                                             const dictionary::Dictionary& dictionary);

}  // namespace airlock::policy
