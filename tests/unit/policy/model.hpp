#pragma once
/// \file
/// The decision a second time, written as the format's description says it and straight from the JSON document, for
/// comparison with the real one on generated policies.

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/json.hpp"
#include "policy/policy.hpp"

namespace airlock::test {

struct ModelDecision {
  std::string disposition;
  std::set<std::string> profiles;
  std::set<std::string> rules;
  bool withheld_by_exception = false;
};

inline int strictness(const std::string& disposition) {
  return std::map<std::string, int>{{"send", 0}, {"redact", 1}, {"seal", 2}, {"withhold", 3}}.at(disposition);
}

inline bool model_redacts(const core::Json& profiles, const std::string& name) {
  const auto& profile = profiles.at(name);
  return profile.value("undeclared", "") == "drop" || !profile.value("redactions", core::Json::array()).empty() ||
         (profile.contains("extends") && model_redacts(profiles, profile["extends"]));
}

inline ModelDecision model_decide(const core::Json& document, const policy::DecisionFacts& facts) {
  const std::string state{core::name(facts.licence)};
  const bool declared_missing = state == "missing" && facts.tier == "unlicensed";
  const bool has_tier = facts.tier && document["tiers"].contains(*facts.tier) && state != "invalid" &&
                        (state != "missing" || declared_missing);
  const core::Json tier = has_tier ? document["tiers"][*facts.tier] : core::Json{};
  ModelDecision out;
  std::set<std::string> asked;
  bool by_design = false;
  const auto ask = [&](const core::Json& who, const char* member, bool designed) {
    if (who.contains(member)) asked.insert(who[member].get<std::string>());
    if (who.value(member, "") == "withhold" && designed) by_design = true;
    for (const auto& profile : who.value("profiles", core::Json::array())) out.profiles.insert(profile);
  };

  if (has_tier) {
    ask(tier, "disposition", true);
  } else {
    asked.insert(document["otherwise"].get<std::string>());
    for (const auto& [name, profile] : document["profiles"].items()) out.profiles.insert(name);
  }
  if (state != "valid" && state != "grace" && !declared_missing) asked.insert("seal");
  for (const auto& rule : document["rules"]) {
    std::map<std::string, std::set<std::string>> given{{"licence", {state}}, {"event", {facts.event}}};
    if (facts.tier) given["tier"] = {*facts.tier};
    given["entitlement"] = {facts.entitlements.begin(), facts.entitlements.end()};
    bool all = true;
    for (const auto& [member, values] : rule["when"].items()) {
      bool any = false;
      for (const auto& value : values) any = any || given[member].count(value.get<std::string>()) > 0;
      all = all && any;
    }
    if (!all) continue;
    out.rules.insert(rule["id"].get<std::string>());
    ask(rule, "at_least", !rule["when"].contains("licence"));
  }
  for (const auto& floor : facts.floors) {
    asked.insert(std::string(name(floor.at_least)));
    by_design = by_design || floor.at_least == policy::Disposition::withhold;
  }
  bool redacting = facts.redacts_also;
  for (const auto& profile : out.profiles) redacting = redacting || model_redacts(document["profiles"], profile);
  if (redacting) asked.insert("redact");

  std::string strictest = "send";
  for (const auto& one : asked) strictest = strictness(one) > strictness(strictest) ? one : strictest;
  out.disposition = "withhold";
  for (const auto* candidate : {"seal", "redact", "send"}) {
    bool granted = !has_tier;
    if (has_tier) {
      for (const auto& may : tier["may"]) granted = granted || may == candidate;
    }
    if (granted && strictness(candidate) >= strictness(strictest)) out.disposition = candidate;
  }
  out.withheld_by_exception = out.disposition == "withhold" && !by_design;
  return out;
}

}  // namespace airlock::test
