#include "policy/decide.hpp"

#include <algorithm>
#include <set>

#include "policy/names.hpp"

namespace airlock::policy {
namespace {

/// The loosest disposition that the tier grants and that is at least as strict. Every tier grants `withhold`.
Disposition granted(const Tier& tier, Disposition asked) {
  const auto at = tier.may.lower_bound(asked);
  return at == tier.may.end() ? Disposition::withhold : *at;
}

}  // namespace

bool withholds_by_design(const Rule& rule) {
  return rule.at_least == Disposition::withhold && rule.when.licences.empty() && rule.when.kits.empty();
}

bool matches_but_for_entitlements(const Selector& when, const DecisionFacts& facts) {
  if (!when.tiers.empty() && !(facts.tier && contains(when.tiers, *facts.tier))) return false;
  if (!when.licences.empty() && !contains(when.licences, facts.licence)) return false;
  if (!when.kits.empty() && !contains(when.kits, facts.kit)) return false;
  return when.events.empty() || contains(when.events, facts.event);
}

bool matches(const Selector& when, const DecisionFacts& facts) {
  if (!matches_but_for_entitlements(when, facts)) return false;
  return when.entitlements.empty() || std::any_of(when.entitlements.begin(), when.entitlements.end(),
                                                  [&](const auto& text) { return contains(facts.entitlements, text); });
}

Decision decide(const PolicyDocument& document, const DecisionFacts& facts, const Rule* without) {
  using Kind = Contribution::Kind;
  const std::string tier_name = facts.tier.value_or("");
  const auto found = document.tiers.find(tier_name);
  const Tier* tier = found != document.tiers.end() && is_believed(facts) ? &found->second : nullptr;

  Decision out;
  std::set<std::string> profiles;
  bool withheld_by_design = false;
  Disposition asked = Disposition::send;
  const auto add = [&](Kind kind, std::string_view id, Disposition at_least) {
    out.contributions.push_back({kind, std::string(id), at_least});
    asked = strictest(asked, at_least);
  };

  if (tier != nullptr) {
    add(Kind::tier, tier_name, tier->disposition);
    profiles.insert(tier->profiles.begin(), tier->profiles.end());
    withheld_by_design = tier->disposition == Disposition::withhold;
  } else {
    // Nobody chose profiles for this case, so all are in force. No known tier is redacted more than that.
    add(Kind::otherwise, tier_name, document.otherwise);
    for (const auto& [profile_name, profile] : document.profiles) profiles.insert(profile_name);
  }
  if (!is_in_force(facts)) add(Kind::licence_state, core::name(facts.licence), Disposition::seal);
  for (const Rule& rule : document.rules) {
    if (&rule == without || !matches(rule.when, facts)) continue;
    add(Kind::rule, rule.id, rule.at_least);
    out.rules.push_back(rule.id);
    profiles.insert(rule.profiles.begin(), rule.profiles.end());
    withheld_by_design |= withholds_by_design(rule);
  }
  for (const Floor& floor : facts.floors) {
    add(Kind::floor, floor.source, floor.at_least);
    withheld_by_design |= floor.at_least == Disposition::withhold;
  }
  out.profiles.assign(profiles.begin(), profiles.end());
  const bool redacting =
      facts.redacts_also || std::any_of(out.profiles.begin(), out.profiles.end(), [&](const auto& profile) {
        return redacts(document.profiles.find(profile)->second);
      });
  if (redacting && asked == Disposition::send) add(Kind::redactions, "", Disposition::redact);

  for (auto& contribution : out.contributions) contribution.determines = contribution.at_least == asked;
  out.disposition = tier == nullptr ? asked : granted(*tier, asked);
  if (out.disposition != asked) out.contributions.push_back({Kind::grant, tier_name, out.disposition, true});
  out.withheld_by_exception = out.disposition == Disposition::withhold && !withheld_by_design;
  return out;
}

}  // namespace airlock::policy
