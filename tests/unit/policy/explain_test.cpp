#include <doctest/doctest.h>

#include "support.hpp"

using namespace airlock;
using core::LicenceState;
using policy::DecisionFacts;
using policy::Disposition;
using test::facts;

namespace {

using Lines = std::vector<std::string>;

Lines explained(const DecisionFacts& facts) {
  static const auto policy = test::policy_from(R"({
    "format": "airlock-policy/1", "name": "example", "version": "1",
    "tiers": {
      "standard": {"disposition": "send", "profiles": ["plain"], "may": ["send", "redact"]},
      "air-gapped": {"disposition": "seal", "profiles": ["people"], "may": ["seal"]},
      "bare": {"disposition": "withhold", "may": ["withhold"]}},
    "otherwise": "withhold",
    "rules": [{"id": "air-gap-seals", "when": {"entitlement": ["air_gap"]}, "at_least": "seal", "profiles": ["people"]}],
    "profiles": {
      "plain": {"undeclared": "refuse"},
      "people": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"}]}}})");
  return explain(policy.decide(facts), facts);
}

}  // namespace

TEST_CASE("an explanation names tier, licence, event, entitlements, rules, floors and profiles") {
  auto all = facts("air-gapped");
  all.entitlements = {"air_gap", "support"};
  all.floors = {{"airlock.json", Disposition::redact}};
  CHECK(explained(all) ==
        Lines{"the decision is `seal`: the report is signed and encrypted into a file for hand-over",
              "made for tier `air-gapped`, licence `valid`, event `weekly`, entitled to `air_gap`, `support`",
              "tier `air-gapped` asks for `seal`, which determines the decision",
              "rule `air-gap-seals` asks for at least `seal`, which determines the decision",
              "the floor in `airlock.json` asks for at least `redact`", "profiles in force: `people`"});
}

TEST_CASE("an explanation says what the tier is not granted") {
  CHECK(explained(facts("standard", LicenceState::expired)) ==
        Lines{"the decision is `withhold`: the report is recorded and nothing leaves",
              "made for tier `standard`, licence `expired`, event `weekly`", "tier `standard` asks for `send`",
              "a licence that is `expired` asks for at least `seal`, which determines the decision",
              "tier `standard` is not granted that; the next stricter disposition that it is granted is `withhold`, "
              "which determines the decision",
              "profiles in force: `plain`",
              "it is withheld by exception: no tier, floor or rule without a `licence` or `kit` condition asks for "
              "that (exit code 4)"});
}

TEST_CASE("an explanation says that there is no tier, or none that counts") {
  CHECK(explained(DecisionFacts{}).at(2) ==
        "there is no tier, so `otherwise` asks for `withhold`, which determines the decision");
  CHECK(explained(facts("gold")).at(2) ==
        "tier `gold` is unknown to the policy, or no readable licence names it, so `otherwise` asks for "
        "`withhold`, which determines the decision");
}

TEST_CASE("an explanation says when redactions turn sending into redacting, and when nothing is redacted") {
  auto redacting = facts("standard");
  redacting.redacts_also = true;
  CHECK(explained(redacting).at(3) ==
        "redactions are in force, which makes `send` `redact`, which determines the decision");
  CHECK(explained(facts("bare")) == Lines{"the decision is `withhold`: the report is recorded and nothing leaves",
                                          "made for tier `bare`, licence `valid`, event `weekly`",
                                          "tier `bare` asks for `withhold`, which determines the decision"});
}

TEST_CASE("an explanation shows no control characters of an event") {
  auto hostile = facts("bare");
  hostile.event = "week\x1b[31m";
  CHECK(explained(hostile).at(1) == "made for tier `bare`, licence `valid`, event `week\\x1b[31m`");
}
