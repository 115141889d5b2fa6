#include "prover/show.hpp"

#include "core/text.hpp"
#include "policy/document.hpp"

namespace airlock::prover {
namespace {

using core::LicenceState;
using core::quote;
using policy::Claim;
using policy::Disposition;
using policy::KitAge;
using policy::Policy;
using policy::PolicyDocument;
using policy::Rule;
using policy::Selector;

std::string any_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& each : names) out += (out.empty() ? "" : " or ") + quote(each);
  return out;
}

std::string all_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& each : names) out += (out.empty() ? "" : ", ") + quote(each);
  return out;
}

std::string in_words(const redaction::Redaction& redaction) {
  return redaction::selection_of(redaction) + ": " + redaction::describe(redaction.treatment);
}

}  // namespace

std::string in_words(const Selector& selector) {
  std::vector<std::string> states;
  for (const LicenceState state : selector.licences) states.emplace_back(core::name(state));
  std::string out;
  const auto add = [&](const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) out += (out.empty() ? "" : ", ") + std::string(what) + " " + any_of(names);
  };
  add("tier", selector.tiers);
  add("licence", states);
  add("entitlement", selector.entitlements);
  add("event", selector.events);
  std::vector<std::string> ages;
  for (const KitAge age : selector.kits) ages.emplace_back(name(age));
  add("kit", ages);
  return out;
}

std::vector<std::string> show(const Policy& policy) {
  const PolicyDocument& document = policy.document();
  std::vector<std::string> out{"policy " + quote(document.name) + " " + document.version};
  for (const auto& [tier_name, tier] : document.tiers) {
    std::string may;
    for (const Disposition each : tier.may) may += (may.empty() ? "" : ", ") + quote(name(each));
    out.push_back("tier " + quote(tier_name) + ": " + quote(name(tier.disposition)) +
                  (tier.profiles.empty() ? "" : " with " + all_of(tier.profiles)) + "; may " + may);
  }
  out.push_back("for a tier that the policy does not know, and without a tier: " + quote(name(document.otherwise)) +
                " with all profiles");
  out.emplace_back(
      "always: at least `seal`, unless the licence is `valid`, in `grace` or declared missing; floors of the site and "
      "the machine apply too");
  for (const Rule& rule : document.rules) {
    std::string does;
    if (rule.at_least != Disposition::send) does = "at least " + quote(name(rule.at_least));
    if (!rule.profiles.empty()) does += (does.empty() ? "" : ", ") + std::string("with ") + all_of(rule.profiles);
    out.push_back("rule " + quote(rule.id) + ": for " + in_words(rule.when) + ": " + (does.empty() ? "nothing" : does));
  }
  for (const auto& [profile_name, profile] : document.profiles) {
    const bool drops = profile.undeclared == redaction::Undeclared::drop;
    const auto parent = document.extends.find(profile_name);
    out.push_back(
        "profile " + quote(profile_name) +
        (parent == document.extends.end() ? "" : ", which extends " + quote(parent->second)) + ": " +
        (drops ? "undeclared values are dropped" : "an undeclared value stops the report") +
        (profile.copies == redaction::CopiesAre::held ? "; a copy of a value that is taken out holds the report" : "") +
        (profile.redactions.empty() ? "; nothing is redacted" : ""));
    for (const auto& redaction : profile.redactions) out.push_back("  " + in_words(redaction));
  }
  if (!document.entitlements.empty()) out.push_back("licences may also name " + all_of(document.entitlements));
  for (const Claim& claim : document.claims) out.push_back("claim " + quote(claim.id) + ": " + statement_of(claim));
  return out;
}

std::string statement_of(const Claim& claim) {
  const std::string who = in_words(claim.where);
  if (claim.cls) return who + ": no datum of class " + quote(dictionary::name(*claim.cls)) + " ever leaves";
  std::string never;
  for (const Disposition each : claim.never) never += (never.empty() ? "" : " or ") + quote(name(each));
  return who + ": the decision is never " + never;
}

}  // namespace airlock::prover
