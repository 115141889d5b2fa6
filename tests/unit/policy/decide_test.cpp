#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace airlock;
using core::LicenceState;
using policy::Contribution;
using policy::DecisionFacts;
using policy::Disposition;
using test::facts;

namespace {

const policy::Policy& example() {
  static const auto policy = test::policy_from(R"({
    "format": "airlock-policy/1", "name": "example", "version": "1",
    "tiers": {
      "unlicensed": {"disposition": "send", "profiles": ["plain"], "may": ["send", "redact"]},
      "open": {"disposition": "send", "profiles": ["plain"], "may": ["send", "redact", "seal"]},
      "only-send": {"disposition": "send", "profiles": ["plain"], "may": ["send"]},
      "lenient": {"disposition": "send", "profiles": ["lenient"], "may": ["send", "redact"]},
      "bare": {"disposition": "seal", "may": ["seal"]}},
    "otherwise": "seal",
    "rules": [
      {"id": "daily-hides-people", "when": {"event": ["daily"]}, "profiles": ["people"]},
      {"id": "grace-redacts", "when": {"licence": ["grace", "expired"], "tier": ["open"]}, "at_least": "redact", "profiles": ["people"]},
      {"id": "secret-withholds", "when": {"entitlement": ["secret", "top_secret"]}, "at_least": "withhold"},
      {"id": "revoked-withholds", "when": {"licence": ["revoked"]}, "at_least": "withhold"}],
    "profiles": {
      "plain": {"undeclared": "refuse"},
      "lenient": {"undeclared": "drop"},
      "people": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"}]}}})");
  return policy;
}

}  // namespace

TEST_CASE("dispositions are named and ordered from loose to strict") {
  for (const auto* text : {"send", "redact", "seal", "withhold"}) {
    CHECK(policy::name(policy::disposition_from(text).value()) == text);
  }
  CHECK_FALSE(policy::disposition_from("Send"));
  CHECK_FALSE(policy::disposition_from(""));
  CHECK(strictest(Disposition::redact, Disposition::seal) == Disposition::seal);
  CHECK(strictest(Disposition::withhold, Disposition::send) == Disposition::withhold);
}

TEST_CASE("every state but valid, grace and a declared missing is at least sealed without any rule") {
  for (const auto text : core::licence_state_names) {
    const auto state = core::licence_state(text).value();
    const bool usable = state == LicenceState::valid || state == LicenceState::grace;
    CAPTURE(text);
    CHECK((example().decide(facts("open", state)).disposition < Disposition::seal) == usable);
    CHECK((example().decide(facts("unlicensed", state)).disposition < Disposition::seal) ==
          (usable || state == LicenceState::missing));
  }
}

TEST_CASE("a tier that no readable licence names is not believed") {
  for (const auto state : {LicenceState::missing, LicenceState::invalid}) {
    const auto decision = example().decide(facts("open", state));
    REQUIRE_FALSE(decision.contributions.empty());
    CHECK(decision.contributions[0].kind == Contribution::Kind::otherwise);
    CHECK(decision.disposition == Disposition::seal);
  }
  CHECK(example().decide(facts("unlicensed", LicenceState::invalid)).contributions[0].kind ==
        Contribution::Kind::otherwise);
}

TEST_CASE("without a tier all profiles of the policy are in force") {
  const std::vector<std::string> all{"lenient", "people", "plain"};
  CHECK(example().decide(DecisionFacts{}).profiles == all);
  CHECK(example().decide(facts("gold")).profiles == all);
}

TEST_CASE("a rule needs each of its members to match and any one of a member's values") {
  CHECK(example().decide(facts("open", LicenceState::grace)).rules == std::vector<std::string>{"grace-redacts"});
  CHECK(example().decide(facts("bare", LicenceState::grace)).rules.empty());
  CHECK(example().decide(facts("open", LicenceState::valid)).rules.empty());
  auto entitled = facts("open");
  entitled.entitlements = {"other", "top_secret"};
  CHECK(example().decide(entitled).rules == std::vector<std::string>{"secret-withholds"});
  auto daily = facts("open", LicenceState::expired);
  daily.event = "daily";
  CHECK(example().decide(daily).rules == std::vector<std::string>{"daily-hides-people", "grace-redacts"});
}

TEST_CASE("sending with redactions in force is redacting") {
  auto daily = facts("open");
  daily.event = "daily";
  CHECK(example().decide(daily).disposition == Disposition::redact);
  daily.tier = "only-send";
  CHECK(example().decide(daily).disposition == Disposition::withhold);
  CHECK(example().decide(daily).withheld_by_exception);
  CHECK(example().decide(facts("lenient")).disposition == Disposition::redact);  // undeclared values are dropped
  auto site = facts("open");
  site.redacts_also = true;
  CHECK(example().decide(site).disposition == Disposition::redact);
  site.tier = "bare";
  CHECK(example().decide(site).disposition == Disposition::seal);
}

TEST_CASE("what the tier is not granted becomes the next stricter that it is, and in the end withheld") {
  auto floor = facts("unlicensed");
  floor.floors = {{"airlock.json", Disposition::seal}};
  const auto withheld = example().decide(floor);
  CHECK(withheld.disposition == Disposition::withhold);
  CHECK(withheld.withheld_by_exception);
  CHECK(withheld.contributions.back().kind == Contribution::Kind::grant);
  floor.tier = "open";
  CHECK(example().decide(floor).disposition == Disposition::seal);
  floor.tier = "bare";
  floor.floors = {{"airlock.json", Disposition::redact}};
  CHECK(example().decide(floor).disposition == Disposition::seal);
  floor.tier = "only-send";
  CHECK(example().decide(floor).disposition == Disposition::withhold);
}

TEST_CASE("withholding is no exception where a tier, a floor or a rule without a licence condition says so") {
  auto entitled = facts("open");
  entitled.entitlements = {"secret"};
  CHECK(example().decide(entitled).disposition == Disposition::withhold);
  CHECK_FALSE(example().decide(entitled).withheld_by_exception);
  const auto revoked = example().decide(facts("open", LicenceState::revoked));
  CHECK(revoked.disposition == Disposition::withhold);
  CHECK(revoked.withheld_by_exception);
  auto floor = facts("open", LicenceState::revoked);
  floor.floors = {{"airlock.json", Disposition::withhold}};
  CHECK_FALSE(example().decide(floor).withheld_by_exception);
}

TEST_CASE("contributions stand in a fixed order and say what determined the decision") {
  auto all = facts("open", LicenceState::expired);
  all.event = "daily";
  all.floors = {{"airlock.json", Disposition::redact}, {"machine.json", Disposition::seal}};
  const auto decision = example().decide(all);
  using Kind = Contribution::Kind;
  const std::vector<Contribution> expected{
      {Kind::tier, "open", Disposition::send, false},
      {Kind::licence_state, "expired", Disposition::seal, true},
      {Kind::rule, "daily-hides-people", Disposition::send, false},
      {Kind::rule, "grace-redacts", Disposition::redact, false},
      {Kind::floor, "airlock.json", Disposition::redact, false},
      {Kind::floor, "machine.json", Disposition::seal, true},
  };
  REQUIRE(decision.contributions.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i);
    CHECK(decision.contributions[i].kind == expected[i].kind);
    CHECK(decision.contributions[i].id == expected[i].id);
    CHECK(decision.contributions[i].at_least == expected[i].at_least);
    CHECK(decision.contributions[i].determines == expected[i].determines);
  }
}

TEST_CASE("a plan follows the profiles of the decision") {
  const auto user = test::small_dictionary().find("/user").value();
  const auto open = example().plan(example().decide(facts("open")), test::small_dictionary());
  REQUIRE(open);
  CHECK_FALSE(open->redacts());
  CHECK(open->value(user).base.action == redaction::Action::keep);
  auto daily = facts("open");
  daily.event = "daily";
  const auto redacted = example().plan(example().decide(daily), test::small_dictionary());
  REQUIRE(redacted);
  CHECK(redacted->value(user).base.action == redaction::Action::drop);
  CHECK(redacted->undeclared() == redaction::Undeclared::refuse);  // `plain` refuses, which beats `people`'s drop

  policy::Decision foreign;
  foreign.profiles = {"people", "no-such"};
  const auto refused = example().plan(foreign, test::small_dictionary());
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == core::Code::refused);
  CHECK(refused.error().message == "policy `example` has no profile `no-such`, which the decision names");
}

TEST_CASE("without any profile nothing is redacted and what is undeclared is refused") {
  const auto decision = example().decide(facts("bare"));
  CHECK(decision.disposition == Disposition::seal);
  CHECK(decision.profiles.empty());
  const auto plan = example().plan(decision, test::small_dictionary());
  REQUIRE(plan);
  CHECK_FALSE(plan->redacts());
  CHECK(plan->undeclared() == redaction::Undeclared::refuse);
}

TEST_CASE("what the site redacts on its own account is joined and leaves undeclared as it is") {
  redaction::Redaction people;
  people.cls = dictionary::Class::person;
  people.treatment.action = redaction::Action::drop;
  people.place = "/redact_also/0";
  const auto user = test::small_dictionary().find("/user").value();
  const auto plan_of = [&](const std::string& tier) {
    const auto plan = example().plan(example().decide(facts(tier)), test::small_dictionary(), {&people, 1});
    REQUIRE(plan);
    CHECK(plan->value(user).base.action == redaction::Action::drop);
    return plan->undeclared();
  };
  CHECK(plan_of("bare") == redaction::Undeclared::refuse);
  CHECK(plan_of("open") == redaction::Undeclared::refuse);
  CHECK(plan_of("lenient") == redaction::Undeclared::drop);
}

TEST_CASE("a profile is as strict about the undeclared as what it extends") {
  const auto policy = test::policy_from(R"({
    "format": "airlock-policy/1", "name": "example", "version": "1",
    "tiers": {
      "a": {"disposition": "seal", "profiles": ["child"], "may": ["seal"]},
      "b": {"disposition": "seal", "profiles": ["silent"], "may": ["seal"]},
      "c": {"disposition": "seal", "profiles": ["stricter"], "may": ["seal"]}},
    "otherwise": "withhold",
    "profiles": {
      "parent": {"undeclared": "refuse", "redactions": [{"class": "person", "do": "mask"}]},
      "child": {"extends": "parent", "undeclared": "drop", "redactions": [{"path": "/address", "do": "drop"}]},
      "loose": {"undeclared": "drop"},
      "silent": {"extends": "loose"},
      "stricter": {"extends": "silent", "undeclared": "refuse"}}})");
  const auto plan_of = [&](const std::string& tier) {
    return policy.plan(policy.decide(facts(tier)), test::small_dictionary()).value();
  };
  CHECK(plan_of("a").undeclared() == redaction::Undeclared::refuse);
  CHECK(plan_of("b").undeclared() == redaction::Undeclared::drop);
  CHECK(plan_of("c").undeclared() == redaction::Undeclared::refuse);
  const auto child = plan_of("a");
  CHECK(child.value(test::small_dictionary().find("/user").value()).base.action == redaction::Action::mask);
  CHECK(child.value(test::small_dictionary().find("/address").value()).base.action == redaction::Action::drop);
}

TEST_CASE("a rule about a stale kit tightens once the kit is stale") {
  const auto with = [](const std::string& at_least) {
    return test::policy_from(R"({
      "format": "airlock-policy/1", "name": "example", "version": "1",
      "tiers": {"open": {"disposition": "send", "profiles": ["plain"], "may": ["send", "seal"]}},
      "otherwise": "withhold",
      "rules": [{"id": "stale-kit-seals", "when": {"kit": ["stale"]}, "at_least": ")" +
                             at_least + R"("}],
      "profiles": {"plain": {"undeclared": "refuse"}}})");
  };
  const auto policy = with("seal");
  DecisionFacts given = facts("open", LicenceState::valid);
  CHECK(policy.decide(given).disposition == Disposition::send);
  given.kit = policy::KitAge::stale;
  const auto decision = policy.decide(given);
  CHECK(decision.disposition == Disposition::seal);
  CHECK(decision.rules == std::vector<std::string>{"stale-kit-seals"});
  CHECK(policy::explain(decision, given).at(1).ends_with("under a stale kit"));
  CHECK(with("withhold").decide(given).withheld_by_exception);
}
