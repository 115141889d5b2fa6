#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/json.hpp"
#include "model.hpp"
#include "support.hpp"

using namespace airlock;
using core::Json;
using policy::DecisionFacts;
using policy::Disposition;

namespace {

constexpr int policies = 200;
constexpr std::size_t facts_each = 40;

/// Makes policies and facts; the same every time.
class Generator {
 public:
  Json policy() {
    Json out = Json::parse(R"({
      "format": "airlock-policy/1", "name": "generated", "version": "1", "tiers": {}, "rules": [],
      "profiles": {
        "plain": {"undeclared": "refuse"},
        "dropping": {"undeclared": "drop"},
        "people": {"undeclared": "refuse", "redactions": [{"class": "person", "do": "drop"}]},
        "extended": {"extends": "people"}}})");
    for (const auto* name : {"unlicensed", "bronze", "silver", "gold"}) out["tiers"][name] = tier();
    out["otherwise"] = dispositions[2 + pick(2)];
    for (std::size_t i = pick(6); i > 0; --i) out["rules"].push_back(rule("r" + std::to_string(i)));
    return out;
  }

  Json rule(const std::string& id) {
    Json out{{"id", id}, {"when", Json::object()}};
    while (out["when"].empty()) {
      if (flip()) out["when"]["tier"] = some({"unlicensed", "bronze", "silver", "gold"});
      if (flip()) out["when"]["licence"] = some({"missing", "invalid", "expired", "grace", "valid", "wrong_site"});
      if (flip()) out["when"]["entitlement"] = some({"air_gap", "withhold", "other"});
      if (flip()) out["when"]["event"] = some({"weekly", "daily"});
    }
    if (flip()) {
      out["at_least"] = dispositions[pick(4)];
      if (out["at_least"] == "redact") out["profiles"] = Json::array({"people"});
    } else {
      out["profiles"] = some({"plain", "dropping", "people", "extended"});
    }
    return out;
  }

  DecisionFacts facts() {
    static const std::vector<const char*> tiers{"unlicensed", "bronze", "silver", "gold", "platinum", ""};
    DecisionFacts out;
    const std::string tier = tiers[pick(tiers.size())];
    if (!tier.empty()) out.tier = tier;
    out.licence = flip() ? core::LicenceState::valid : static_cast<core::LicenceState>(pick(11));
    out.event = flip() ? "weekly" : "daily";
    for (const auto* entitlement : {"air_gap", "withhold"}) {
      if (pick(4) == 0) out.entitlements.emplace_back(entitlement);
    }
    for (std::size_t i = pick(3); i > 0; --i) out.floors.push_back(floor());
    out.redacts_also = pick(4) == 0;
    return out;
  }

  std::vector<DecisionFacts> many_facts() {
    std::vector<DecisionFacts> out(facts_each);
    for (auto& one : out) one = facts();
    return out;
  }

  policy::Floor floor() { return {"floor", static_cast<Disposition>(pick(4))}; }

  template <typename List>
  void shuffle(List& list) {
    std::shuffle(list.begin(), list.end(), random_);
  }

 private:
  static constexpr const char* dispositions[] = {"send", "redact", "seal", "withhold"};

  std::size_t pick(std::size_t count) { return random_() % count; }
  bool flip() { return pick(2) == 0; }

  Json some(std::vector<const char*> from) {
    shuffle(from);
    from.resize(1 + pick(from.size()));
    return from;
  }

  Json tier() {
    Json out{{"disposition", dispositions[pick(4)]}, {"may", Json::array()}};
    if (flip()) out["profiles"] = some({"plain", "dropping", "people", "extended"});
    if (out["disposition"] == "redact") out["profiles"] = Json::array({"extended"});
    for (const auto* disposition : dispositions) {
      if (out["disposition"] == disposition || flip()) out["may"].push_back(disposition);
    }
    return out;
  }

  std::mt19937 random_{20261101};
};

bool includes(const std::vector<std::string>& all, const std::vector<std::string>& part) {
  return std::includes(all.begin(), all.end(), part.begin(), part.end());
}

/// Calls `check(document, policy, generator)` on generated policies.
template <typename Check>
void on_policies(Check check) {
  Generator generator;
  for (int i = 0; i < policies; ++i) {
    const Json document = generator.policy();
    INFO(document.dump());
    check(document, test::policy_from(document.dump()), generator);
  }
}

/// Calls `check(policy, facts, generator)` on generated policies and facts.
template <typename Check>
void on_facts(Check check) {
  on_policies([&](const Json&, const policy::Policy& policy, Generator& generator) {
    for (const auto& facts : generator.many_facts()) check(policy, facts, generator);
  });
}

}  // namespace

TEST_CASE("the decision is the one that the format's description makes") {
  std::set<std::string> seen;
  on_policies([&](const Json& document, const policy::Policy& policy, Generator& generator) {
    for (const auto& facts : generator.many_facts()) {
      const auto decision = policy.decide(facts);
      const auto expected = test::model_decide(document, facts);
      CHECK(name(decision.disposition) == expected.disposition);
      CHECK(decision.withheld_by_exception == expected.withheld_by_exception);
      CHECK(decision.profiles == std::vector<std::string>(expected.profiles.begin(), expected.profiles.end()));
      CHECK(std::set<std::string>(decision.rules.begin(), decision.rules.end()) == expected.rules);
      seen.insert(expected.disposition + (expected.withheld_by_exception ? "!" : ""));
    }
  });
  CHECK(seen == std::set<std::string>{"send", "redact", "seal", "withhold", "withhold!"});
}

TEST_CASE("a rule more never loosens a decision, and where it stands does not matter") {
  int tightened = 0;
  on_policies([&](Json document, const policy::Policy& policy, Generator& generator) {
    document["rules"].push_back(generator.rule("one-more"));
    const auto more = test::policy_from(document.dump());
    generator.shuffle(document["rules"]);
    const auto shuffled = test::policy_from(document.dump());
    for (const auto& facts : generator.many_facts()) {
      const auto before = policy.decide(facts);
      const auto after = more.decide(facts);
      CHECK(after.disposition >= before.disposition);
      CHECK(includes(after.profiles, before.profiles));
      tightened += after.disposition > before.disposition ? 1 : 0;

      const auto reordered = shuffled.decide(facts);
      CHECK(reordered.disposition == after.disposition);
      CHECK(reordered.profiles == after.profiles);
      CHECK(reordered.withheld_by_exception == after.withheld_by_exception);
    }
  });
  CHECK(tightened > 100);
}

TEST_CASE("a floor more never loosens a decision") {
  int tightened = 0;
  on_facts([&](const policy::Policy& policy, DecisionFacts facts, Generator& generator) {
    const auto before = policy.decide(facts);
    facts.floors.push_back(generator.floor());
    const auto after = policy.decide(facts);
    CHECK(after.disposition >= before.disposition);
    CHECK(after.disposition >= facts.floors.back().at_least);
    CHECK(after.profiles == before.profiles);
    tightened += after.disposition > before.disposition ? 1 : 0;
  });
  CHECK(tightened > 100);
}

TEST_CASE("what the site redacts, and an entitlement more, never loosen a decision") {
  on_facts([&](const policy::Policy& policy, DecisionFacts facts, Generator&) {
    const auto before = policy.decide(facts);
    facts.redacts_also = true;
    const auto redacting = policy.decide(facts);
    CHECK(redacting.disposition >= before.disposition);
    CHECK(redacting.disposition > Disposition::send);
    facts.entitlements.emplace_back("other");
    CHECK(policy.decide(facts).disposition >= redacting.disposition);
  });
}

TEST_CASE("a licence that becomes unusable never loosens a decision that no rule on licences touches") {
  on_policies([&](Json document, const policy::Policy&, Generator& generator) {
    for (auto& rule : document["rules"]) {
      rule["when"].erase("licence");
      if (rule["when"].empty()) rule["when"]["event"] = Json::array({"weekly", "daily"});
    }
    const auto policy = test::policy_from(document.dump());
    for (auto facts : generator.many_facts()) {
      facts.licence = core::LicenceState::valid;
      const auto before = policy.decide(facts).disposition;
      for (const auto state :
           {core::LicenceState::expired, core::LicenceState::wrong_site, core::LicenceState::revoked}) {
        facts.licence = state;
        CHECK(policy.decide(facts).disposition >= std::max(before, Disposition::seal));
      }
    }
  });
}

TEST_CASE("no tier, an unknown one, and one that is not believed never send") {
  on_facts([&](const policy::Policy& policy, DecisionFacts facts, Generator&) {
    facts.tier = "platinum";
    CHECK(policy.decide(facts).disposition >= Disposition::seal);
    facts.tier.reset();
    CHECK(policy.decide(facts).disposition >= Disposition::seal);
    facts.tier = "gold";
    facts.licence = core::LicenceState::invalid;
    CHECK(policy.decide(facts).disposition >= Disposition::seal);
    facts.licence = core::LicenceState::missing;
    CHECK(policy.decide(facts).disposition >= Disposition::seal);
  });
}

TEST_CASE("a decision for a tier is in its `may`, or withholds") {
  int in_may = 0;
  on_policies([&](const Json& document, const policy::Policy& policy, Generator& generator) {
    for (const auto& facts : generator.many_facts()) {
      const auto decision = policy.decide(facts);
      if (decision.contributions[0].kind != policy::Contribution::Kind::tier) continue;
      const auto& may = document["tiers"][*facts.tier]["may"];
      const bool granted = std::find(may.begin(), may.end(), std::string(name(decision.disposition))) != may.end();
      CHECK((granted || decision.disposition == Disposition::withhold));
      in_may += granted ? 1 : 0;
    }
  });
  CHECK(in_may > 100);
}

TEST_CASE("every decision has a plan and says what determined it") {
  on_policies([&](const Json&, const policy::Policy& policy, Generator& generator) {
    for (const auto& facts : generator.many_facts()) {
      const auto decision = policy.decide(facts);
      CHECK(policy.plan(decision, test::small_dictionary()));
      CHECK(std::any_of(decision.contributions.begin(), decision.contributions.end(),
                        [](const auto& contribution) { return contribution.determines; }));
      CHECK(explain(decision, facts).size() >= decision.contributions.size() + 2);
    }
  });
}
