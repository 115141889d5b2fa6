#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "support.hpp"

using namespace airlock;
using core::Json;

namespace {

const char* const example_policy = R"({
  "format": "airlock-policy/1", "name": "example", "version": "1",
  "tiers": {
    "open": {"disposition": "send", "profiles": ["plain"], "may": ["send", "redact"]},
    "closed": {"disposition": "redact", "profiles": ["people"], "may": ["redact", "seal"]},
    "silent": {"disposition": "withhold", "may": ["withhold"]}},
  "otherwise": "withhold",
  "rules": [
    {"id": "first", "when": {"licence": ["expired"], "tier": ["open", "closed"]}, "at_least": "seal"},
    {"id": "second", "when": {"event": ["daily"], "entitlement": ["air_gap"]}, "at_least": "seal", "profiles": ["people"]}],
  "profiles": {
    "plain": {"undeclared": "refuse"},
    "people": {"undeclared": "drop", "redactions": [{"class": "person", "do": "drop"}]},
    "more": {"extends": "people", "redactions": [{"path": "/address", "do": "truncate_ip", "v4": 24, "v6": 48}]}},
  "claims": [
    {"id": "never-sent", "for": {"entitlement": ["air_gap"]}, "never": ["send", "redact"]},
    {"id": "nobody-named", "for": {"tier": ["closed"]}, "class": "person", "never_leaves": true}]})";

std::string why(std::string_view text) {
  const auto policy = policy::Policy::parse(text, "p", test::small_dictionary());
  return policy ? "accepted" : policy.error().message;
}

/// What `parse` says to the example after one change.
std::string why(const std::function<void(Json&)>& change) {
  auto json = Json::parse(example_policy);
  change(json);
  return why(json.dump());
}

/// The same, the change being one value at a JSON pointer.
std::string why(const std::string& pointer, const std::string& value) {
  return why([&](Json& json) { json[Json::json_pointer(pointer)] = Json::parse(value); });
}

}  // namespace

TEST_CASE("a sound policy is read") {
  const auto policy = policy::Policy::parse(example_policy, "p", test::small_dictionary());
  REQUIRE_MESSAGE(policy, policy.error().message);
  CHECK(policy->name() == "example");
  CHECK(policy->version() == "1");
  CHECK(policy->tiers() == std::vector<std::string>{"closed", "open", "silent"});
}

TEST_CASE("rules, profiles and claims may be absent, all else must be there") {
  for (const auto* member : {"rules", "claims"}) CHECK(why([&](Json& json) { json.erase(member); }) == "accepted");
  CHECK(why(R"({"format":"airlock-policy/1","name":"n","version":"1",
                "tiers":{"a":{"disposition":"seal","may":["seal"]}},"otherwise":"seal"})") == "accepted");
  for (const std::string member : {"format", "name", "version", "tiers", "otherwise"}) {
    CHECK(why([&](Json& json) { json.erase(member); }) == "`p`: `/" + member + "`: is missing");
  }
}

TEST_CASE("what is not a policy is refused") {
  CHECK(why("") == "`p`: is empty");
  CHECK(why("[]") == "`p`: must be an object");
  CHECK(why(std::string(policy::policy_bytes_limit + 1, ' ')) == "`p`: is larger than 1048576 bytes");
  CHECK(why("/format", R"("airlock-licence/1")") == "`p`: `/format`: is `airlock-licence/1`, not `airlock-policy/1`");
  CHECK(why(R"({"format":"airlock-policy/1","tiers":{"a":{},"a":{}}})") == "`p`: has the key `a` twice in one object");
}

TEST_CASE("members that nobody knows are refused wherever they stand") {
  CHECK(why("/extra", "1") == "`p`: `/extra`: is not a known member");
  CHECK(why("/tiers/open/extra", "1") == "`p`: `/tiers/open/extra`: is not a known member");
  CHECK(why("/rules/1/extra", "1") == "`p`: `/rules/1/extra`: is not a known member");
  CHECK(why("/rules/1/when/extra", "1") == "`p`: `/rules/1/when/extra`: is not a known member");
  CHECK(why("/profiles/people/extra", "1") == "`p`: `/profiles/people/extra`: is not a known member");
  CHECK(why("/profiles/people/redactions/0/extra", "1") ==
        "`p`: `/profiles/people/redactions/0/extra`: is not a known member");
  CHECK(why("/claims/0/extra", "1") == "`p`: `/claims/0/extra`: is not a known member");
  CHECK(why("/claims/0/for/extra", "1") == "`p`: `/claims/0/for/extra`: is not a known member");
}

TEST_CASE("a tier is granted what it does") {
  CHECK(why("/tiers", "{}") == "`p`: `/tiers`: must have 1 to 256 members");
  CHECK(why("/tiers/open", "1") == "`p`: `/tiers/open`: must be an object");
  CHECK(why("/tiers/open/disposition", R"("post")") ==
        "`p`: `/tiers/open/disposition`: is `post`, not one of `send`, `redact`, `seal`, `withhold`");
  CHECK(why("/tiers/open/may", R"(["redact"])") == "`p`: `/tiers/open/disposition`: `send` is not in the tier's `may`");
  CHECK(why("/tiers/open/may", "[]") == "`p`: `/tiers/open/disposition`: `send` is not in the tier's `may`");
  CHECK(why("/tiers/open/may", R"(["send", "post"])") == "`p`: `/tiers/open/may`: `post` is not a disposition");
  CHECK(why([](Json& json) { json["tiers"]["open"].erase("may"); }) == "`p`: `/tiers/open/may`: is missing");
  CHECK(why([](Json& json) { json["tiers"]["open"].erase("disposition"); }) ==
        "`p`: `/tiers/open/disposition`: is missing");
  CHECK(why("/tiers/Open", "{}").starts_with("`p`: `/tiers/Open`: must have 1 to 64 of `a-z`"));
}

TEST_CASE("a profile that is named must exist") {
  CHECK(why("/tiers/open/profiles", R"(["plain", "no"])") ==
        "`p`: `/tiers/open/profiles`: `no` is not a profile of this policy");
  CHECK(why("/tiers/open/profiles", "[]") == "`p`: `/tiers/open/profiles`: is empty");
  CHECK(why("/rules/1/profiles", R"(["no"])") == "`p`: `/rules/1/profiles`: `no` is not a profile of this policy");
  CHECK(why("/profiles/more/extends", R"("no")") ==
        "`p`: `/profiles/more/extends`: `no` is not a profile of this policy");
}

TEST_CASE("who asks for redact must name a profile that redacts") {
  CHECK(why("/tiers/closed/profiles", R"(["plain"])") ==
        "`p`: `/tiers/closed/disposition`: is `redact`, but no profile named here redacts anything");
  CHECK(why([](Json& json) { json["tiers"]["closed"].erase("profiles"); }) ==
        "`p`: `/tiers/closed/disposition`: is `redact`, but no profile named here redacts anything");
  CHECK(why("/rules/0/at_least", R"("redact")") ==
        "`p`: `/rules/0/at_least`: is `redact`, but no profile named here redacts anything");
  CHECK(why("/rules/1/at_least", R"("redact")") == "accepted");
  CHECK(why("/profiles/plain/undeclared", R"("drop")") == "accepted");
}

TEST_CASE("what has no tier is not sent") {
  CHECK(why("/otherwise", R"("seal")") == "accepted");
  for (const auto* loose : {R"("send")", R"("redact")"}) {
    CHECK(why("/otherwise", loose) ==
          "`p`: `/otherwise`: must be `seal` or `withhold`, since nothing is sent unless a tier grants it");
  }
}

TEST_CASE("a profile takes over what it extends and does not go round in circles") {
  CHECK(why("/profiles/more/extends", R"("more")") ==
        "`p`: `/profiles/more/extends`: makes a circle: `more` already extends `more`");
  CHECK(why("/profiles/people/extends", R"("more")") ==
        "`p`: `/profiles/people/extends`: makes a circle: `more` already extends `people`");
  CHECK(why("/profiles/plain", "{}") ==
        "`p`: `/profiles/plain/undeclared`: is missing, and no profile that it extends has it");
  CHECK(why([](Json& json) { json["profiles"]["people"].erase("undeclared"); }) ==
        "`p`: `/profiles/more/undeclared`: is missing, and no profile that it extends has it");
  CHECK(why("/profiles/plain/undeclared", R"("keep")") ==
        "`p`: `/profiles/plain/undeclared`: is `keep`, not one of `drop`, `refuse`");
  CHECK(why("/profiles/a~1b", R"({"undeclared": "drop"})").starts_with("`p`: `/profiles/a~1b`: must have 1 to 64 of"));
}

TEST_CASE("a redaction that is none, or that fits nothing of the dictionary, is refused with its place") {
  for (const auto* bad : {R"({"class": "person", "do": "paint"})", R"({"class": "people", "do": "drop"})",
                          R"({"path": "/nowhere", "do": "drop"})",
                          R"({"path": "/total", "do": "truncate_ip", "v4": 8, "v6": 8})", R"({"do": "drop"})", "1"}) {
    CAPTURE(bad);
    CHECK(why("/profiles/people/redactions/0", bad).find("/profiles/people/redactions/0") != std::string::npos);
  }
}

TEST_CASE("a rule has an id of its own, a condition and an effect") {
  CHECK(why("/rules/1/id", R"("first")") == "`p`: `/rules/1/id`: `first` is the id of two rules");
  CHECK(why("/rules/1/id", R"("First")").starts_with("`p`: `/rules/1/id`: must have 1 to 64 of `a-z`"));
  CHECK(why([](Json& json) { json["rules"][0].erase("id"); }) == "`p`: `/rules/0/id`: is missing");
  CHECK(why([](Json& json) { json["rules"][0].erase("when"); }) == "`p`: `/rules/0/when`: is missing");
  CHECK(why([](Json& json) { json["rules"][0].erase("at_least"); }) ==
        "`p`: `/rules/0`: has neither `at_least` nor `profiles`");
  CHECK(why([](Json& json) { json["rules"][1].erase("at_least"); }) == "accepted");
  CHECK(why("/rules/0/at_least", R"("lock")") ==
        "`p`: `/rules/0/at_least`: is `lock`, not one of `send`, `redact`, `seal`, `withhold`");
  CHECK(why("/rules/0", "1") == "`p`: `/rules/0`: must be an object");
}

TEST_CASE("a condition names what there is") {
  CHECK(why("/rules/0/when", "{}") ==
        "`p`: `/rules/0/when`: must have `tier`, `licence`, `entitlement`, `event` or `kit`");
  CHECK(why("/rules/0/when", R"({"tier": []})") == "`p`: `/rules/0/when/tier`: is empty");
  CHECK(why("/rules/0/when", R"({"tier": "open"})") == "`p`: `/rules/0/when/tier`: must be an array");
  CHECK(why("/rules/0/when", R"({"tier": ["open", "open"]})") == "`p`: `/rules/0/when/tier`: element 1 occurs twice");
  CHECK(why("/rules/0/when", R"({"tier": ["gold"]})") ==
        "`p`: `/rules/0/when/tier`: `gold` is not a tier of this policy");
  CHECK(why("/rules/0/when", R"({"licence": ["stale"]})") ==
        "`p`: `/rules/0/when/licence`: `stale` is not a licence state");
  CHECK(why("/rules/0/when", R"({"entitlement": ["Air Gap"]})")
            .starts_with("`p`: `/rules/0/when/entitlement`: `Air Gap` is not an entitlement: it must have 1 to 64 of"));
  CHECK(why("/rules/0/when", R"({"event": ["yearly"]})") ==
        "`p`: `/rules/0/when/event`: `yearly` is not an event of the dictionary");
}

TEST_CASE("a claim that could not be proven is refused") {
  CHECK(why("/claims/1/id", R"("never-sent")") == "`p`: `/claims/1/id`: `never-sent` is the id of two claims");
  CHECK(why([](Json& json) { json["claims"][0].erase("for"); }) == "`p`: `/claims/0/for`: is missing");
  CHECK(why("/claims/0/for", R"({"tier": ["gold"]})") ==
        "`p`: `/claims/0/for/tier`: `gold` is not a tier of this policy");
  CHECK(why("/claims/0/never", R"(["post"])") == "`p`: `/claims/0/never`: `post` is not a disposition");
  CHECK(why("/claims/0/never", "[]") == "`p`: `/claims/0/never`: is empty");
  CHECK(why("/claims/1/class", R"("people")") == "`p`: `/claims/1/class`: `people` is not a class");
  CHECK(why("/claims/1/never_leaves", "false") == "`p`: `/claims/1/never_leaves`: must be true");
  const std::string either = "must have either `never`, or `class` with `never_leaves`";
  CHECK(why([](Json& json) { json["claims"][0].erase("never"); }) == "`p`: `/claims/0`: " + either);
  CHECK(why([](Json& json) { json["claims"][1].erase("class"); }) == "`p`: `/claims/1`: " + either);
  CHECK(why([](Json& json) { json["claims"][1].erase("never_leaves"); }) == "`p`: `/claims/1`: " + either);
  CHECK(why("/claims/1/never", R"(["send"])") == "`p`: `/claims/1`: " + either);
}

TEST_CASE("a policy keeps to its limits") {
  const auto filled = [](std::size_t count, const std::function<void(Json&, const std::string&)>& add) {
    return why([&](Json& json) {
      for (std::size_t i = 0; i < count; ++i) add(json, "x" + std::to_string(i));
    });
  };
  const auto add_tier = [](Json& json, const std::string& name) { json["tiers"][name] = json["tiers"]["silent"]; };
  CHECK(filled(policy::tiers_limit - 3, add_tier) == "accepted");
  CHECK(filled(policy::tiers_limit - 2, add_tier) == "`p`: `/tiers`: must have 1 to 256 members");
  const auto add_rule = [](Json& json, const std::string& name) {
    json["rules"].push_back(json["rules"][0]);
    json["rules"].back()["id"] = name;
  };
  CHECK(filled(policy::rules_limit - 2, add_rule) == "accepted");
  CHECK(filled(policy::rules_limit - 1, add_rule) == "`p`: `/rules`: has more than 1000 elements");
  const auto add_claim = [](Json& json, const std::string& name) {
    json["claims"].push_back(json["claims"][0]);
    json["claims"].back()["id"] = name;
  };
  CHECK(filled(policy::claims_limit - 2, add_claim) == "accepted");
  CHECK(filled(policy::claims_limit - 1, add_claim) == "`p`: `/claims`: has more than 1000 elements");
  const auto add_profile = [](Json& json, const std::string& name) {
    json["profiles"][name] = json["profiles"]["plain"];
  };
  CHECK(filled(policy::profiles_limit - 3, add_profile) == "accepted");
  CHECK(filled(policy::profiles_limit - 2, add_profile) == "`p`: `/profiles`: has more than 64 members");
  const auto add_redaction = [](Json& json, const std::string&) {
    json["profiles"]["people"]["redactions"].push_back(json["profiles"]["people"]["redactions"][0]);
  };
  CHECK(filled(policy::redactions_limit - 2, add_redaction) == "accepted");
  CHECK(filled(policy::redactions_limit - 1, add_redaction) ==
        "`p`: `/profiles/more`: has more than 256 redactions with those that it extends");
}
