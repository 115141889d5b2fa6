#include "site/known_terms.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace airlock;
using site::unknown_terms;

namespace {

const dictionary::Dictionary declared = dictionary::Dictionary::parse(R"({"format": "airlock-dictionary/1", "name": "d",
  "product": "p", "roles": {"event": "/event"}, "events": ["ping"],
  "fields": [{"path": "/event", "type": "enum", "values": ["ping"], "class": "usage", "purpose": "routing", "about": "x"},
             {"path": "/totals/events", "type": "count", "class": "usage", "purpose": "billing", "about": "x"}]})",
                                                                      "d")
                                            .value();

policy::Policy policy_with(const std::string& format, const std::string& more) {
  return policy::Policy::parse(R"({"format": ")" + format + R"(", "name": "p", "version": "1",
    "tiers": {"standard": {"disposition": "seal", "may": ["seal", "withhold"]}}, "otherwise": "withhold",
    "rules": [{"id": "r", "when": {"entitlement": ["air_gap"]}, "at_least": "seal"}])" +
                                   more + "}",
                               "p", declared)
      .value();
}

licence::Licence with(const std::string& tier, std::vector<std::string> entitlements, const std::string& limit) {
  licence::Licence out;
  out.tier = tier;
  out.entitlements = std::move(entitlements);
  if (!limit.empty()) out.limits = {{limit, 5}};
  return out;
}

}  // namespace

TEST_CASE(
    "a kit knows its tiers, the entitlements of its rules, what its tiers grant, and limits of declared figures") {
  const auto policy = policy_with("airlock-policy/1", "");
  CHECK(unknown_terms(with("standard", {"air_gap", "withhold"}, "events"), policy, declared).empty());
  CHECK(unknown_terms(with("standard", {}, "totals.events"), policy, declared).empty());
  const auto unknown = unknown_terms(with("standrad", {"airgap", "beta"}, "event_s"), policy, declared);
  REQUIRE(unknown.size() == 4);
  CHECK(unknown[0].what == "tier `standrad`");
  CHECK(unknown[0].nearest == "standard");
  CHECK(unknown[1].what == "entitlement `airgap`");
  CHECK(unknown[1].nearest == "air_gap");
  CHECK(unknown[2].what == "entitlement `beta`");
  CHECK(unknown[2].nearest.empty());
  CHECK(unknown[3].what == "limit `event_s`");
  CHECK(unknown[3].why == "names no declared field of class `usage`");
}

TEST_CASE("a policy of format 2 may list entitlements that it has no rule for; one of format 1 may not") {
  CHECK(unknown_terms(with("standard", {"beta"}, ""), policy_with("airlock-policy/2", R"(, "entitlements": ["beta"])"),
                      declared)
            .empty());
  const auto refused = policy::Policy::parse(R"({"format": "airlock-policy/1", "name": "p", "version": "1",
    "tiers": {"standard": {"disposition": "seal", "may": ["seal"]}}, "otherwise": "withhold", "entitlements": ["beta"]})",
                                             "p", declared);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("`/entitlements`") != std::string::npos);
}
