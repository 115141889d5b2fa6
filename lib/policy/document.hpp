#pragma once
/// \file
/// The content of a policy document, read and checked; for policy/ and prover/ only. decide.hpp decides by it.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/decision.hpp"
#include "redaction/profile.hpp"

namespace airlock::policy {

/// By name, each with the redactions of the profiles that it extends.
using Profiles = std::map<std::string, redaction::Profile, std::less<>>;
/// For each profile that extends another: the name of the other.
using Extensions = std::map<std::string, std::string, std::less<>>;

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

/// What a policy promises of itself: either dispositions that are never decided, or a class of which no datum leaves.
/// prover/ proves it.
struct Claim {
  std::string id;
  Selector where;
  std::vector<Disposition> never;
  std::optional<dictionary::Class> cls;
};

struct PolicyDocument {
  std::string name;
  std::string version;
  std::map<std::string, Tier, std::less<>> tiers;
  Disposition otherwise = Disposition::withhold;
  std::vector<Rule> rules;
  Profiles profiles;
  Extensions extends;
  std::vector<Claim> claims;
  std::vector<std::string> entitlements;  ///< that licences may name besides those of rules and claims
};

/// Whether a profile takes anything away. `undeclared: drop` does: the report may leave with other bytes than it has.
[[nodiscard]] bool redacts(const redaction::Profile& profile);

/// Reads the member `profiles` of the document `name`, whose format has this version. Fills `extends`.
[[nodiscard]] core::Result<Profiles> read_profiles(const core::Json& json, std::string_view name, int version,
                                                   const dictionary::Dictionary& dictionary, Extensions& extends);

/// See Policy::parse.
[[nodiscard]] core::Result<PolicyDocument> read_document(std::string_view text, std::string_view name,
                                                         const dictionary::Dictionary& dictionary);

}  // namespace airlock::policy
