// How the ceiling compares keys with a pattern: their parts by themselves, and which pattern or name a member has.

#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "sides.hpp"

namespace airlock::test::pattern_order {
namespace {

using core::Json;

Json kit() {
  return Json::parse(R"({"format": "airlock-dictionary/2", "name": "small", "product": "p",
    "roles": {"event": {"always": "weekly"}}, "fields": [
    {"path": "/m/known.count", "type": "count", "class": "usage"},
    {"path": "/m/*", "type": "count", "class": "usage", "key": {"pattern": "{plugin}.{mode}.count",
      "plugin": {"type": "text", "class": "content"}, "mode": {"type": ["version", "text"], "class": "usage"}}},
    {"path": "/m/*", "type": "count", "class": "usage", "key": {"pattern": "user.{name}",
      "name": {"type": "text", "class": "person"}}}]})");
}

Json redactions() {
  return Json::parse(R"([{"class": "person", "do": "drop"}, {"class": "content", "do": "pseudonymise"}])");
}

/// How the changed kit is looser, in words.
std::vector<std::string> looser(const std::function<void(Json& fields, Json& redactions)>& change) {
  const auto before = side_of(kit(), redactions());
  REQUIRE(before);
  Json document = kit();
  Json changed = redactions();
  change(document["fields"], changed);
  const auto now = side_of(document, changed);
  REQUIRE(now);
  std::vector<std::string> out;
  for (const auto& each : policy::loosenings(now->terms, &before->terms)) out.push_back(each.text());
  return out;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("each part of a key is compared by itself") {
  CHECK(looser([](Json&, Json&) {}).empty());
  CHECK(looser([](Json&, Json& r) { r.erase(r.begin() + 1); }) ==
        Texts{"the key of `/m/*.*.count{1}`: pseudonymise -> keep"});
  CHECK(looser([](Json&, Json& r) { r.push_back({{"class", "usage"}, {"type", "text"}, {"do", "drop"}}); }).empty());
  CHECK(looser([](Json&, Json& r) { r[1]["type"] = {"version"}; }) ==
        Texts{"the key of `/m/*.*.count{1}`: pseudonymise -> keep"});
  CHECK(looser([](Json& f, Json&) { f[2]["key"]["name"]["class"] = "content"; }) ==
        Texts{"the class of the key of `/m/user.*{1}`: `person` -> `content`",
              "the key of `/m/user.*{1}`: drop -> pseudonymise"});
  CHECK(looser([](Json& f, Json&) {
          f[1]["key"]["mode"]["type"] = {"version", "text", "ip"};
        }) == Texts{"what may stand for the key of `/m/*.*.count{2}`: `version`, `text` -> `version`, `text`, `ip`"});
  CHECK(looser([](Json& f, Json& r) {
          f[1]["key"]["mode"]["type"] = "version";
          r.push_back({{"class", "usage"}, {"do", "drop"}});
        }).empty());
  // A part has no name in terms: its place says which it is.
  CHECK(looser([](Json& f, Json&) {
          f[1]["key"] = {{"pattern", "{p}.{m}.count"}, {"p", f[1]["key"]["plugin"]}, {"m", f[1]["key"]["mode"]}};
        }).empty());
}

TEST_CASE("a member that moves to a pattern or away from it is looser") {
  CHECK(looser([](Json& f, Json& r) {
          f.push_back({{"path", "/m/user.jane"}, {"type", "count"}, {"class", "person"}});
          r.push_back({{"path", "/m/user.jane"}, {"do", "drop"}});
        }) == Texts{"the member `/m/user.jane`: one of `/m/user.*` -> declared by its name"});
  CHECK(looser([](Json& f, Json&) { f.erase(f.begin()); }) ==
        Texts{"the member `/m/known.count`: declared by its name -> one of `/m/*.*.count`"});
  CHECK(looser([](Json& f, Json& r) {
          f.push_back(f[2]);
          f.back()["key"]["pattern"] = "user.{name}.count";
          r.push_back({{"class", "usage"}, {"do", "drop"}});
        }) == Texts{"the member `/m/user.*.count`: one of `/m/*.*.count` -> declared by its pattern",
                    "the member `/m/user.*.count`: one of `/m/user.*` -> declared by its pattern"});
  // No key has both.
  CHECK(looser([](Json& f, Json&) {
          f.push_back(f[2]);
          f.back()["key"]["pattern"] = "team.{name}.total";
          f.back()["class"] = "person";
        }).empty());
}

TEST_CASE("a ceiling with patterns is read as it was written") {
  const auto side = side_of(kit(), redactions());
  REQUIRE(side);
  const policy::Ceiling ceiling{{"weekly", side->terms}};
  const auto read = policy::ceiling_from(policy::to_json(ceiling), "ledger");
  REQUIRE(read);
  CHECK(*read == ceiling);
  CHECK(side->terms.keys.contains("/m/*.*.count{2}"));
}

}  // namespace airlock::test::pattern_order
