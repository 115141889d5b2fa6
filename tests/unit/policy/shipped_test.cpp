#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <tuple>

#include "support.hpp"

using namespace airlock;
using core::LicenceState;
using policy::Disposition;

namespace {

const policy::Policy& shipped() {
  static const auto policy = policy::Policy::parse(test::repository_file("policy/posthog-default.json"),
                                                   "posthog-default.json", test::shipped_dictionary());
  REQUIRE_MESSAGE(policy, policy.error().message);
  return *policy;
}

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

/// `send`, `redact`, `seal`, `withhold`; `WITHHOLD` is withheld by exception. One for each floor: none, `send`,
/// `redact`, `seal`, `withhold`.
struct Row {
  std::string tier;  // "": none
  std::string entitlements;
  std::string states;
  std::string outcomes;
  std::string profiles;
};

const char* const all_states =
    "missing invalid revoked superseded wrong_product wrong_site clock_rollback not_yet_valid expired grace valid";
const char* const in_force = "valid grace";
const char* const unusable = "expired not_yet_valid clock_rollback wrong_site wrong_product superseded";
const char* const all_profiles = "as-published baseline no-person strict";

const char* const never = "WITHHOLD WITHHOLD WITHHOLD WITHHOLD withhold";
const char* const silent = "withhold withhold withhold withhold withhold";
const char* const open = "send send redact WITHHOLD withhold";
const char* const redacted = "redact redact redact WITHHOLD withhold";
const char* const redacted_or_sealed = "redact redact redact seal withhold";
const char* const sealed = "seal seal seal seal withhold";

const Row table[] = {
    {"unlicensed", "", in_force, open, "as-published"},
    {"unlicensed", "", "missing", open, "as-published"},  // declared in airlock.json
    {"unlicensed", "", unusable, never, "as-published"},
    {"unlicensed", "", "revoked", never, "as-published"},
    {"unlicensed", "", "invalid", never, all_profiles},
    {"unlicensed", "air_gap", "valid grace missing revoked", never, "as-published strict"},
    {"unlicensed", "air_gap", unusable, never, "as-published strict"},
    {"unlicensed", "air_gap", "invalid", never, all_profiles},

    {"standard", "", in_force, open, "as-published"},
    {"standard", "", unusable, never, "as-published"},
    {"standard", "", "revoked", never, "as-published"},
    {"standard", "", "invalid missing", never, all_profiles},
    {"standard", "air_gap", in_force, never, "as-published strict"},
    {"standard", "air_gap", unusable, never, "as-published strict"},
    {"standard", "air_gap", "revoked", never, "as-published strict"},
    {"standard", "air_gap", "invalid missing", never, all_profiles},

    {"scale", "", in_force, redacted, "no-person"},
    {"scale", "", unusable, never, "no-person"},
    {"scale", "", "revoked", never, "no-person"},
    {"scale", "", "invalid missing", never, all_profiles},
    {"scale", "air_gap", in_force, never, "no-person strict"},
    {"scale", "air_gap", unusable, never, "no-person strict"},
    {"scale", "air_gap", "revoked", never, "no-person strict"},
    {"scale", "air_gap", "invalid missing", never, all_profiles},

    {"enterprise", "", in_force, redacted_or_sealed, "baseline"},
    {"enterprise", "", unusable, sealed, "baseline"},
    {"enterprise", "", "revoked", never, "baseline"},
    {"enterprise", "", "invalid missing", never, all_profiles},
    {"enterprise", "air_gap", in_force, sealed, "baseline strict"},
    {"enterprise", "air_gap", unusable, sealed, "baseline strict"},
    {"enterprise", "air_gap", "revoked", never, "baseline strict"},
    {"enterprise", "air_gap", "invalid missing", never, all_profiles},

    {"enterprise-air-gapped", "", in_force, sealed, "strict"},
    {"enterprise-air-gapped", "", unusable, sealed, "strict"},
    {"enterprise-air-gapped", "", "revoked", never, "strict"},
    {"enterprise-air-gapped", "", "invalid missing", never, all_profiles},
    {"enterprise-air-gapped", "air_gap", in_force, sealed, "strict"},
    {"enterprise-air-gapped", "air_gap", unusable, sealed, "strict"},
    {"enterprise-air-gapped", "air_gap", "revoked", never, "strict"},
    {"enterprise-air-gapped", "air_gap", "invalid missing", never, all_profiles},

    {"enterprise-no-ping", "", in_force, silent, ""},
    {"enterprise-no-ping", "", unusable, silent, ""},
    {"enterprise-no-ping", "", "revoked", silent, ""},
    {"enterprise-no-ping", "", "invalid missing", never, all_profiles},
    {"enterprise-no-ping", "air_gap", in_force, silent, "strict"},
    {"enterprise-no-ping", "air_gap", unusable, silent, "strict"},
    {"enterprise-no-ping", "air_gap", "revoked", silent, "strict"},
    {"enterprise-no-ping", "air_gap", "invalid missing", never, all_profiles},

    {"platinum", "", all_states, never, all_profiles},
    {"platinum", "air_gap", all_states, never, all_profiles},
    {"", "", all_states, never, all_profiles},
    {"", "air_gap", all_states, never, all_profiles},
};

/// Which rules of the shipped policy match.
std::vector<std::string> expected_rules(const std::string& state, bool air_gap) {
  std::vector<std::string> out;
  const auto listed = words(unusable);
  if (std::find(listed.begin(), listed.end(), state) != listed.end()) out.emplace_back("unusable-licence-seals");
  if (state == "invalid" || state == "revoked") out.emplace_back("unreadable-licence-withholds");
  if (air_gap) out.emplace_back("air-gap-entitlement-seals");
  return out;
}

std::string outcome(const policy::Decision& decision) {
  return decision.withheld_by_exception ? "WITHHOLD" : std::string(name(decision.disposition));
}

}  // namespace

TEST_CASE("the shipped policy decides as its table says, for every tier, state, entitlement and floor") {
  std::set<std::tuple<std::string, std::string, std::string>> covered;
  for (const Row& row : table) {
    for (const auto& state : words(row.states)) {
      const bool is_new = covered.emplace(row.tier, row.entitlements, state).second;
      CHECK_MESSAGE(is_new, row.tier << " " << row.entitlements << " " << state);
      policy::DecisionFacts facts;
      if (!row.tier.empty()) facts.tier = row.tier;
      facts.licence = core::licence_state(state).value();
      facts.entitlements = words(row.entitlements);
      facts.event = "instance status report";
      const auto outcomes = words(row.outcomes);
      REQUIRE(outcomes.size() == 5);
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        facts.floors.clear();
        if (i > 0) facts.floors = {{"airlock.json", static_cast<Disposition>(i - 1)}};
        const auto decision = shipped().decide(facts);
        CAPTURE(row.tier);
        CAPTURE(row.entitlements);
        CAPTURE(state);
        CAPTURE(i);
        CHECK(outcome(decision) == outcomes[i]);
        CHECK(decision.profiles == words(row.profiles));
        CHECK(decision.rules == expected_rules(state, !facts.entitlements.empty()));
      }
    }
  }
  // Tiers of the policy, an unknown one and none; with and without the entitlement; every state.
  CHECK(shipped().tiers().size() == 6);
  CHECK(covered.size() == (6 + 2) * 2 * core::licence_state_names.size());
}

TEST_CASE("the shipped policy's claim holds that an air-gapped site never sends") {
  for (const auto& tier : shipped().tiers()) {
    for (const auto state : core::licence_state_names) {
      policy::DecisionFacts facts;
      facts.tier = tier;
      facts.licence = core::licence_state(state).value();
      facts.entitlements = {"air_gap"};
      CAPTURE(tier);
      CAPTURE(state);
      CHECK(shipped().decide(facts).disposition >= Disposition::seal);
    }
  }
}

TEST_CASE("the shipped profiles make the plans that their names promise") {
  const auto plan_for = [](const std::string& tier) {
    policy::DecisionFacts facts;
    facts.tier = tier;
    facts.licence = LicenceState::valid;
    auto plan = shipped().plan(shipped().decide(facts), test::shipped_dictionary());
    REQUIRE_MESSAGE(plan, plan.error().message);
    return std::move(*plan);
  };
  const auto action_on = [](const redaction::Plan& plan, const std::string& path) {
    const auto field = test::shipped_dictionary().find(path);
    REQUIRE_MESSAGE(field, path);
    return redaction::describe(plan.value(*field));
  };
  const auto total = "/properties/instance_usage_summary/events_count_total";
  for (const auto& tier : shipped().tiers()) CHECK(action_on(plan_for(tier), total) == "keep");

  const auto published = plan_for("standard");
  CHECK_FALSE(published.redacts());
  CHECK(published.undeclared() == redaction::Undeclared::refuse);

  const auto scale = plan_for("scale");
  CHECK(scale.undeclared() == redaction::Undeclared::drop);
  CHECK(action_on(scale, "/properties/$geoip_city_name") == "drop");
  CHECK(action_on(scale, "/properties/$ip") == "truncate_ip to /24 and /48");
  CHECK(action_on(scale, "/distinct_id") == "pseudonymise");

  const auto enterprise = plan_for("enterprise");
  CHECK(action_on(enterprise, "/distinct_id") == "pseudonymise");
  CHECK(action_on(enterprise, "/properties/license_keys/*") == "pseudonymise");

  const auto strict = plan_for("enterprise-air-gapped");
  CHECK(strict.redacts());
  CHECK(action_on(strict, "/properties/$lib") == "drop");
  CHECK(action_on(strict, "/timestamp") == "truncate_time to day");
}

TEST_CASE("the worked example of the format's description is what an explanation says") {
  policy::DecisionFacts facts;
  facts.tier = "standard";
  facts.licence = LicenceState::expired;
  facts.entitlements = {"air_gap"};
  facts.event = "instance status report";
  facts.floors = {{"airlock.json", Disposition::redact}};
  std::string lines = "```\n";
  for (const auto& line : explain(shipped().decide(facts), facts)) lines += line + "\n";
  CAPTURE(lines);
  CHECK(test::repository_file("docs/formats/policy.md").find(lines + "```\n") != std::string::npos);
  facts.tier = "enterprise";
  const auto sealed = shipped().decide(facts);
  CHECK(sealed.disposition == Disposition::seal);
  CHECK(sealed.profiles == std::vector<std::string>{"baseline", "strict"});
}
