#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <random>
#include <set>

#include "../policy/support.hpp"
#include "core/json.hpp"
#include "prover/check.hpp"
#include "prover/diff.hpp"
#include "prover/exposure.hpp"

using namespace airlock;
using core::Json;
using policy::Decision;
using policy::DecisionFacts;
using policy::Disposition;

namespace {

constexpr int small_policies = 25;
const std::vector<std::string> entitlements{"a", "b", "c", "d"};

/// Small policies whose rules and claims name several entitlements; the same every time.
class SmallPolicies {
 public:
  Json policy() {
    Json out = Json::parse(R"({
      "format": "airlock-policy/1", "name": "generated", "version": "1", "tiers": {}, "rules": [], "claims": [],
      "profiles": {
        "plain": {"undeclared": "refuse"},
        "dropping": {"undeclared": "drop"},
        "people": {"undeclared": "refuse", "redactions": [{"class": "person", "do": "drop"}]},
        "cut": {"undeclared": "drop", "redactions": [{"class": "identifier", "do": "truncate_ip", "v4": 24, "v6": 48}]},
        "masked": {"undeclared": "drop", "redactions": [{"class": "identifier", "do": "pseudonymise"}]}}})");
    for (const auto* name : {"bronze", "gold"}) {
      out["tiers"][name] = {{"disposition", "send"}, {"may", Json::array({"send"})}};
      if (pick(3) == 0) out["tiers"][name]["profiles"] = some({"plain", "dropping", "people", "cut", "masked"});
      for (const auto* may : {"redact", "seal", "withhold"}) {
        if (pick(3) != 0) out["tiers"][name]["may"].push_back(may);
      }
    }
    out["otherwise"] = pick(2) == 0 ? "seal" : "withhold";
    for (std::size_t i = 1 + pick(7); i > 0; --i) {
      Json rule{{"id", "r" + std::to_string(i)}, {"when", selector()}};
      if (pick(2) == 0) rule["at_least"] = dispositions[1 + pick(3)];
      if (!rule.contains("at_least") || rule["at_least"] == "redact" || pick(4) == 0) {
        rule["profiles"] = some({"plain", "dropping", "people", "cut", "masked"});
        if (rule.value("at_least", "") == "redact") rule["profiles"] = Json::array({"people"});
      }
      out["rules"].push_back(std::move(rule));
    }
    for (std::size_t i = 0; i < 6; ++i) {
      Json claim{{"id", "c" + std::to_string(i)}, {"for", selector()}};
      if (i % 2 == 0) {
        claim["never"] = some({"send", "redact", "seal", "withhold"});
      } else {
        claim["class"] = i == 1 ? "person" : "identifier";
        claim["never_leaves"] = true;
      }
      out["claims"].push_back(std::move(claim));
    }
    return out;
  }

 private:
  static constexpr const char* dispositions[] = {"send", "redact", "seal", "withhold"};
  std::size_t pick(std::size_t count) { return random_() % count; }
  Json some(std::vector<const char*> from) {
    std::shuffle(from.begin(), from.end(), random_);
    from.resize(1 + pick(std::min<std::size_t>(from.size(), 3)));
    return from;
  }
  Json selector() {
    Json out = Json::object();
    if (pick(4) != 0) out["entitlement"] = some({"a", "b", "c", "d"});
    if (pick(4) == 0) out["tier"] = some({"bronze", "gold"});
    if (out.empty() || pick(5) == 0) out["licence"] = some({"valid", "grace", "expired", "invalid"});
    return out;
  }
  std::mt19937 random_{20261128};
};

/// Every combination, larger sets of entitlements too, as a reader of the format would write it down.
std::vector<DecisionFacts> all_facts() {
  std::vector<DecisionFacts> out;
  for (std::size_t set = 0; set < std::size_t{1} << entitlements.size(); ++set) {
    for (const auto state : {core::LicenceState::valid, core::LicenceState::grace, core::LicenceState::expired,
                             core::LicenceState::invalid, core::LicenceState::missing}) {
      for (const auto* tier : {"bronze", "gold", "platinum"}) {
        for (const auto floor : {Disposition::send, Disposition::redact, Disposition::seal}) {
          DecisionFacts facts = test::facts(tier, state);
          facts.floors.push_back({"airlock.json", floor});
          for (std::size_t i = 0; i < entitlements.size(); ++i) {
            if ((set >> i & 1) != 0) facts.entitlements.push_back(entitlements[i]);
          }
          out.push_back(std::move(facts));
        }
      }
    }
  }
  return out;
}

bool selects(const Json& when, const DecisionFacts& facts) {
  const auto one_of = [&](const char* member, const std::set<std::string>& given) {
    if (!when.contains(member)) return true;
    return std::any_of(when[member].begin(), when[member].end(),
                       [&](const Json& value) { return given.contains(value.get<std::string>()); });
  };
  return one_of("tier", {*facts.tier}) && one_of("licence", {std::string(core::name(facts.licence))}) &&
         one_of("entitlement", {facts.entitlements.begin(), facts.entitlements.end()});
}

bool violates(const Json& claim, const policy::Policy& policy, const Decision& decision) {
  if (claim.contains("never")) {
    return std::any_of(claim["never"].begin(), claim["never"].end(),
                       [&](const Json& one) { return one == std::string(name(decision.disposition)); });
  }
  if (decision.disposition == Disposition::withhold) return false;
  const auto& dictionary = test::small_dictionary();
  const auto plan = policy.plan(decision, dictionary);
  const auto data = prover::data_of(dictionary);
  return std::any_of(data.begin(), data.end(), [&](const auto& datum) {
    return dictionary::name(class_of(datum, dictionary)) == claim["class"].get<std::string>() &&
           leaves(datum, *plan, dictionary);
  });
}

bool differ(const policy::Policy& a_policy, const Decision& a, const policy::Policy& b_policy, const Decision& b) {
  if (a.disposition != b.disposition || a.withheld_by_exception != b.withheld_by_exception) return true;
  const auto& dictionary = test::small_dictionary();
  return a.disposition != Disposition::withhold &&
         !a_policy.plan(a, dictionary)->treats_like(*b_policy.plan(b, dictionary));
}

/// 1 000 rules over 64 entitlements.
Json large_policy(bool with_profiles) {
  Json out = Json::parse(R"({"format": "airlock-policy/1", "name": "large", "version": "1", "tiers": {}, "rules": [],
    "otherwise": "withhold", "profiles": {}, "claims": [
      {"id": "holds", "for": {"entitlement": ["e0"]}, "never": ["send"]},
      {"id": "fails", "for": {"entitlement": ["e63"]}, "never": ["seal"]},
      {"id": "people", "for": {"entitlement": ["e0"]}, "class": "person", "never_leaves": true}]})");
  for (int i = 0; i < 10; ++i) {
    out["tiers"]["t" + std::to_string(i)] = {{"disposition", "send"}, {"may", {"send", "redact", "seal"}}};
  }
  for (int i = 0; i < 8; ++i) {
    out["profiles"]["p" + std::to_string(i)] =
        Json::parse(R"({"undeclared": "refuse", "redactions": [{"class": "person", "do": "drop"}]})");
  }
  for (int i = 0, a = 0, b = 1; i < 1000; ++i) {
    Json rule{{"id", "r" + std::to_string(i)},
              {"when", {{"entitlement", {"e" + std::to_string(a), "e" + std::to_string(b)}}}},
              {"at_least", i % 3 == 0 ? "seal" : "redact"},
              {"profiles", Json::array({"p" + std::to_string(with_profiles ? i % 8 : 0)})}};
    out["rules"].push_back(std::move(rule));
    if (++b == 64) b = ++a + 1;
  }
  return out;
}

}  // namespace

TEST_CASE("claims, idle rules and differences are those that every set of entitlements shows, large ones too") {
  SmallPolicies generator;
  const auto everything = all_facts();
  int failing = 0;
  int idle = 0;
  int looser = 0;
  std::optional<policy::Policy> before;
  for (int i = 0; i < small_policies; ++i) {
    const Json document = generator.policy();
    INFO(document.dump());
    auto policy = test::policy_from(document.dump());
    const auto report = prover::check(policy, test::small_dictionary());
    REQUIRE(report);
    std::vector<Decision> decisions;
    for (const DecisionFacts& facts : everything) decisions.push_back(policy.decide(facts));

    for (std::size_t c = 0; c < document["claims"].size(); ++c) {
      const Json& claim = document["claims"][c];
      bool violated = false;
      bool without_floor = false;
      std::size_t smallest = entitlements.size();
      for (std::size_t f = 0; f < everything.size(); ++f) {
        if (!selects(claim["for"], everything[f]) || !violates(claim, policy, decisions[f])) continue;
        violated = true;
        // No floor comes before few entitlements; `send` is none.
        if (everything[f].floors[0].at_least != Disposition::send) continue;
        without_floor = true;
        smallest = std::min(smallest, everything[f].entitlements.size());
      }
      INFO(claim.dump());
      const auto& result = report->claims[c];
      // A floor `withhold`, and a licence in another state, are among what is checked but not in `everything`.
      if (violated) REQUIRE(result.counter_example);
      if (!result.counter_example) continue;
      ++failing;
      const Decision again = policy.decide(result.counter_example->facts);
      CHECK(violates(claim, policy, again));
      if (without_floor) CHECK(result.counter_example->facts.entitlements.size() <= smallest);
    }

    std::set<std::string> told;
    for (const auto& finding : report->findings) {
      if (finding.kind == prover::PolicyFinding::Kind::rule_without_effect) told.insert(finding.text.substr(6, 2));
    }
    for (std::size_t r = 0; r < document["rules"].size(); ++r) {
      Json without = document;
      without["rules"].erase(r);
      const auto other = test::policy_from(without.dump());
      bool matters = false;
      for (std::size_t f = 0; f < everything.size() && !matters; ++f) {
        matters = differ(policy, decisions[f], other, other.decide(everything[f]));
      }
      const std::string id = document["rules"][r]["id"];
      INFO(id);
      if (matters) CHECK_FALSE(told.contains(id));
      idle += told.contains(id) ? 1 : 0;
    }

    if (before) {
      const auto changes = prover::diff({*before, test::small_dictionary()}, {policy, test::small_dictionary()});
      REQUIRE(changes);
      std::set<std::tuple<std::string, Disposition, Disposition>> found;
      for (const auto& change : changes->dispositions) found.emplace(change.tier, change.before, change.after);
      for (std::size_t f = 0; f < everything.size(); ++f) {
        const auto was = before->decide(everything[f]);
        const std::string tier = *everything[f].tier == "platinum" ? "unknown" : *everything[f].tier;
        if (was.disposition != decisions[f].disposition) {
          CHECK(found.contains({tier, was.disposition, decisions[f].disposition}));
        }
        if (was.disposition == Disposition::withhold || decisions[f].disposition == Disposition::withhold) continue;
        const auto old_plan = before->plan(was, test::small_dictionary());
        const auto new_plan = policy.plan(decisions[f], test::small_dictionary());
        for (const auto& datum : prover::data_of(test::small_dictionary())) {
          if (!redaction::at_least(treatments_of(datum, *new_plan), treatments_of(datum, *old_plan))) {
            CHECK(changes->gets_looser());
          }
        }
        if (new_plan->undeclared() < old_plan->undeclared()) CHECK(changes->gets_looser());
      }
      looser += changes->gets_looser() ? 1 : 0;
    }
    before = std::move(policy);
  }
  CHECK(failing > 20);
  CHECK(idle > 1);
  CHECK(looser > 2);
}

TEST_CASE("a policy of 1 000 rules, each with another pair of 64 entitlements, is proved or refuted in seconds") {
  for (const bool with_profiles : {false, true}) {
    const auto policy = test::policy_from(large_policy(with_profiles).dump());
    const auto start = std::chrono::steady_clock::now();
    const auto report = prover::check(policy, test::small_dictionary());
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    REQUIRE_MESSAGE(report, report.error().message);
    MESSAGE("checked in " << took.count() << " s");
    CHECK(report->entitlement_sets > 2000);
    CHECK_FALSE(report->claims[0].counter_example);
    REQUIRE(report->claims[1].counter_example);
    CHECK(report->claims[1].counter_example->facts.entitlements.size() == 1);
    CHECK_FALSE(report->claims[2].counter_example);
    const auto changes = prover::diff({policy, test::small_dictionary()}, {policy, test::small_dictionary()});
    REQUIRE(changes);
    CHECK(changes->changed == 0);
  }
}

TEST_CASE("a policy that distinguishes too many cases is refused with what to change") {
  Json document = large_policy(false);
  document["profiles"] = Json::object();
  for (int i = 0; i < 64; ++i) document["profiles"]["p" + std::to_string(i)] = {{"undeclared", "drop"}};
  document["rules"] = Json::array();
  for (int i = 0; i < 64; ++i) {
    document["rules"].push_back({{"id", "r" + std::to_string(i)},
                                 {"when", {{"entitlement", {"e" + std::to_string(i)}}}},
                                 {"profiles", {"p" + std::to_string(i)}}});
  }
  for (int i = 0; i < 40; ++i) {
    document["tiers"]["t" + std::to_string(i)] = {{"disposition", "send"}, {"may", {"send", "redact", "seal"}}};
  }
  const auto report = prover::check(test::policy_from(document.dump()), test::small_dictionary());
  REQUIRE_FALSE(report);
  CHECK(report.error().code == core::Code::refused);
  CHECK_FALSE(report.error().hint.empty());
}

TEST_CASE("a claim about a stale kit is proved where a rule about one holds, and refuted where it does not") {
  const auto checked = [](const std::string& at_least) {
    const auto policy = test::policy_from(R"({
      "format": "airlock-policy/1", "name": "example", "version": "1",
      "tiers": {"open": {"disposition": "send", "profiles": ["plain"], "may": ["send", "seal"]}},
      "otherwise": "withhold",
      "rules": [{"id": "stale-kit-seals", "when": {"kit": ["stale"]}, "at_least": ")" +
                                          at_least + R"("}],
      "profiles": {"plain": {"undeclared": "refuse"}},
      "claims": [{"id": "stale-kits-never-send", "for": {"kit": ["stale"]}, "never": ["send", "redact"]}]})");
    auto report = prover::check(policy, test::small_dictionary());
    REQUIRE(report);
    return std::move(*report);
  };
  const auto proved = checked("seal");
  CHECK(proved.sound());
  CHECK(proved.kit_ages == 2);
  const auto refuted = checked("send");
  CHECK_FALSE(refuted.sound());
  CHECK(refuted.claims.at(0).counter_example.value().facts.kit == policy::KitAge::stale);
}
