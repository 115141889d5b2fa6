// Terms of values that are treated by type, and of opaque ones.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "policy/ceiling.hpp"

using namespace airlock::policy;
using airlock::core::Json;
using airlock::dictionary::Dictionary;

namespace {

/// The terms under a profile with these redactions, of a dictionary with an opaque value that says what it holds.
Terms terms(const Json& redactions, const Json& holds) {
  Json dictionary = Json::parse(R"({"format": "airlock-dictionary/2", "name": "d", "product": "p",
    "roles": {"event": {"always": "ping"}}, "fields": [
    {"path": "/n", "type": ["count", "boolean"], "class": "usage", "sentinels": [-1]},
    {"path": "/blob", "type": "opaque", "class": "licence"}]})");
  if (!holds.is_null()) dictionary["fields"][1]["holds"] = holds;
  const auto parsed = Dictionary::parse(airlock::core::to_text(dictionary), "d.json").value();
  airlock::redaction::Profile profile{"only", airlock::redaction::Undeclared::drop, {}};
  for (const Json& each : redactions) {
    profile.redactions.push_back(airlock::redaction::redaction_from(each, "p.json", "/0").value());
  }
  return terms_of(Disposition::seal, airlock::redaction::Plan::make(parsed, {&profile, 1}).value(), parsed);
}

std::vector<std::string> looser(const Terms& now, const Terms& before) {
  std::vector<std::string> out;
  for (const Loosening& each : loosenings(now, &before)) out.push_back(each.text());
  return out;
}
using Texts = std::vector<std::string>;

const Json none = Json::array();
const Json person = {"person"};
Json by_type(const std::string& type, const std::string& action) {
  return {{{"class", "usage"}, {"type", type}, {"do", action}}};
}

}  // namespace

TEST_CASE("what is treated by type is recorded and read back") {
  const Ceiling ceiling{{"ping", terms(by_type("count", "drop"), person)}};
  const Json json = to_json(ceiling);
  CHECK(json["terms"][0]["values"].dump().find(R"("by_type":{"count":{"do":"drop"}})") != std::string::npos);
  CHECK(ceiling_from(json, "entry").value() == ceiling);
  Json odd = json;
  for (Json& group : odd["terms"][0]["values"]) {
    if (group.contains("by_type")) group["by_type"] = {{"figure", {{"do", "drop"}}}};
  }
  CHECK_FALSE(ceiling_from(odd, "entry").has_value());
}

TEST_CASE("a type that is treated less is looser, and one that is treated more is not") {
  const Terms kept = terms(none, person);
  const Terms counts_dropped = terms(by_type("count", "drop"), person);
  CHECK(looser(counts_dropped, kept).empty());
  CHECK(looser(kept, counts_dropped) == Texts{"the value of `/n`: keep; type count: drop -> keep"});
  CHECK(looser(terms(by_type("boolean", "drop"), person), counts_dropped) ==
        Texts{"the value of `/n`: keep; type count: drop -> keep; type boolean: drop"});
  const Terms all_dropped = terms({{{"path", "/n"}, {"do", "drop"}}}, person);
  CHECK(looser(all_dropped, counts_dropped).empty());
  CHECK_FALSE(looser(counts_dropped, all_dropped).empty());
}

TEST_CASE("what a kept opaque value may hold more is looser, and so is not to say what it holds") {
  const Terms holds_person = terms(none, person);
  CHECK(looser(terms(none, {"licence"}), holds_person).empty());
  CHECK(looser(terms(none, {"licence", "person"}), holds_person).empty());
  const auto more = loosenings(terms(none, {"person", "location"}), &holds_person);
  REQUIRE(more.size() == 1);
  CHECK(more[0].what == "what may stand for the value of `/blob`");
  CHECK(reason(more[0]) == "one class more in it: `location`");
  CHECK_FALSE(looser(terms(none, nullptr), holds_person).empty());
  CHECK(looser(holds_person, terms(none, nullptr)).empty());
  const Json dropped = {{{"path", "/blob"}, {"do", "drop"}}};
  CHECK(looser(terms(dropped, nullptr), terms(dropped, person)).empty());
}
