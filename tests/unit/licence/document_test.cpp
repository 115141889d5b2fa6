#include <doctest/doctest.h>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "example_licence.hpp"

using namespace airlock;
using licence::parse;
using licence::to_document;

namespace {

/// What `parse` says to the example after one change.
std::string why(const std::function<void(core::Json&)>& change) {
  auto json = core::Json::parse(to_document(test::example_licence()));
  change(json);
  const auto licence = parse(json.dump(), "x");
  return licence ? "accepted" : licence.error().message;
}
std::string why(const std::string& member, core::Json value) {
  return why([&](core::Json& json) { json[member] = std::move(value); });
}

const core::Json site = {{"id", "5b0c5a39-58ab-4a3c-9d5b-7a7d3c2f1e00"}, {"key_sha256", std::string(64, 'a')}};

}  // namespace

TEST_CASE("a licence survives the way to a document and back") {
  const auto bound = test::example_licence();
  CHECK(parse(to_document(bound), "x").value() == bound);
  auto any = bound;
  any.any_site = true;
  any.sites.clear();
  any.entitlements.clear();
  any.limits.clear();
  any.grace_days = 0;
  CHECK(parse(to_document(any), "x").value() == any);
}

TEST_CASE("the document of a licence is the one in the format's description") {
  auto licence = test::example_licence();
  licence.sites.pop_back();
  licence.sites[0].key_sha256 = std::string(64, 'a');
  CHECK(to_document(licence) == R"({
  "format": "airlock-licence/1",
  "serial": "LIC-2026-000017",
  "sequence": 3,
  "licensee": "Example Bank plc",
  "product": "posthog",
  "tier": "enterprise-air-gapped",
  "entitlements": [
    "air_gap",
    "withhold"
  ],
  "limits": {
    "events_count_new_in_period": 5000000
  },
  "sites": [
    {
      "id": "5b0c5a39-58ab-4a3c-9d5b-7a7d3c2f1e00",
      "key_sha256": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
    }
  ],
  "issued": "2026-11-01T00:00:00Z",
  "not_before": "2026-11-02T00:00:00Z",
  "not_after": "2027-11-01T00:00:00Z",
  "grace_days": 14
}
)");
}

TEST_CASE("every member of a licence must be there") {
  const auto json = core::Json::parse(to_document(test::example_licence()));
  REQUIRE(json.size() == 13);
  for (const auto& item : json.items()) {
    const std::string& member = item.key();
    CAPTURE(member);
    const auto message = why([&](core::Json& changed) { changed.erase(member); });
    CHECK((message == "`x`: `/" + member + "`: is missing" ||
           message == "`x`: `/sites`: must be `any` or a list of 1 to 256 sites"));
  }
}

TEST_CASE("every member of a licence is of its kind") {
  const auto json = core::Json::parse(to_document(test::example_licence()));
  for (const auto& item : json.items()) {
    const std::string& member = item.key();
    for (const core::Json& wrong : {core::Json(nullptr), core::Json(true), core::Json(-1), core::Json(0.5),
                                    core::Json(""), core::Json(core::Json::array({1})), core::Json({{"a", "b"}})}) {
      CAPTURE(member);
      CAPTURE(wrong.dump());
      CHECK(why(member, wrong).starts_with("`x`: `/" + member));
    }
  }
}

TEST_CASE("a stranger in a licence, and a licence in a stranger, are refused") {
  CHECK(why("discount", 10) == "`x`: `/discount`: is not a known member");
  CHECK(why("format", "airlock-kit/1") == "`x`: `/format`: is `airlock-kit/1`, not `airlock-licence/1`");
  CHECK(why("format", "airlock-licence/2") == "`x`: `/format`: is `airlock-licence/2`, which needs a newer Airlock");
  CHECK(why([](core::Json& json) { json["sites"][0]["name"] = "Leeds"; }) ==
        "`x`: `/sites/0/name`: is not a known member");
  CHECK(parse("[]", "x").error().message == "`x`: must be an object");
  CHECK(parse("", "x").error().message == "`x`: is empty");
  CHECK(parse(R"({"format":"airlock-licence/1","format":"airlock-licence/1"})", "x").error().message ==
        "`x`: has the key `format` twice in one object");
  CHECK(parse(std::string(licence::licence_bytes_limit + 1, ' '), "x").error().message ==
        "`x`: is larger than 65536 bytes");
}

TEST_CASE("names in a licence are of a small alphabet") {
  const std::string rule = "must have 1 to 64 of `a-z`, `0-9`, `.`, `_`, `-`, and begin with a letter or a digit";
  for (const std::string bad : {"A", "a b", "-a", ".", "a/b", "é", "a\u200bb", "`"}) {
    CAPTURE(bad);
    CHECK(why("product", bad) != "accepted");
    CHECK(why("tier", bad) != "accepted");
    CHECK(why("entitlements", core::Json::array({bad})) != "accepted");
    CHECK(why("limits", {{bad, 1}}) != "accepted");
  }
  CHECK(why("product", "A") == "`x`: `/product`: " + rule);
  CHECK(why("tier", std::string(65, 'a')) == "`x`: `/tier`: " + rule);
  CHECK(why("tier", std::string(64, 'a')) == "accepted");
  CHECK(why("entitlements", {"a", "B"}) == "`x`: `/entitlements`: `B`: " + rule);
  CHECK(why("limits", {{"B", 1}}) == "`x`: `/limits/B`: " + rule);
  CHECK(why("serial", "LIC 17") ==
        "`x`: `/serial`: must have 1 to 64 letters, digits, `.`, `_`, `-`, and begin with a letter or a digit");
  CHECK(why("serial", "_") != "accepted");
  CHECK(why("serial", "0.A_z-9") == "accepted");
  CHECK(why("licensee", "Ex\u202Eample") == "`x`: `/licensee`: has control characters");
  CHECK(why("licensee", std::string(201, 'a')) == "`x`: `/licensee`: must have 1 to 200 bytes");
}

TEST_CASE("numbers in a licence keep to their ranges") {
  CHECK(why("sequence", 0) == "`x`: `/sequence`: must be a whole number from 1 to 9007199254740991");
  CHECK(why("sequence", 9007199254740991) == "accepted");
  CHECK(why("sequence", 9007199254740992) != "accepted");
  CHECK(why("sequence", 18446744073709551615U) != "accepted");
  CHECK(why("limits", {{"seats", -1}}) == "`x`: `/limits/seats`: must be a whole number from 0 to 9007199254740991");
  CHECK(why("limits", {{"seats", 0}}) == "accepted");
  CHECK(why("limits", {{"seats", 1.0}}) != "accepted");
  CHECK(why("grace_days", 366) == "accepted");
  CHECK(why("grace_days", 367) == "`x`: `/grace_days`: must be a whole number from 0 to 366");
}

TEST_CASE("lists in a licence are bounded and name nothing twice") {
  CHECK(why("entitlements", {"a", "a"}) == "`x`: `/entitlements`: element 1 occurs twice");
  CHECK(why("sites", core::Json::array()) == "`x`: `/sites`: must be `any` or a list of 1 to 256 sites");
  CHECK(why("sites", "all") == "`x`: `/sites`: must be `any` or a list of 1 to 256 sites");
  CHECK(why("sites", {site, site}) == "`x`: `/sites`: has the site `5b0c5a39-58ab-4a3c-9d5b-7a7d3c2f1e00` twice");
  auto entitlements = core::Json::array();
  auto limits = core::Json::object();
  for (int i = 0; i < 64; ++i) {
    entitlements.push_back("e" + std::to_string(i));
    limits["l" + std::to_string(i)] = i;
  }
  auto sites = core::Json::array();
  for (int i = 0; i < 256; ++i) {
    auto other = site;
    other["id"] = "00000000-0000-4000-8000-" + std::to_string(100000000000 + i);
    sites.push_back(other);
  }
  CHECK(why("entitlements", entitlements) == "accepted");
  CHECK(why("limits", limits) == "accepted");
  CHECK(why("sites", sites) == "accepted");
  entitlements.push_back("one-more");
  limits["one-more"] = 1;
  sites.push_back(site);
  CHECK(why("entitlements", entitlements) == "`x`: `/entitlements`: has more than 64 elements");
  CHECK(why("limits", limits) == "`x`: `/limits`: has more than 64 members");
  CHECK(why("sites", sites) == "`x`: `/sites`: must be `any` or a list of 1 to 256 sites");
}

TEST_CASE("a site's identifier is read in either case and kept in lower case") {
  auto upper = site;
  upper["id"] = "5B0C5A39-58AB-4A3C-9D5B-7A7D3C2F1E00";
  CHECK(why("sites", {site, upper}) == "`x`: `/sites`: has the site `5b0c5a39-58ab-4a3c-9d5b-7a7d3c2f1e00` twice");
  CHECK(why([](core::Json& json) { json["sites"][0]["id"] = "leeds"; }) == "`x`: `/sites/0/id`: must be a UUID");
  CHECK(why([](core::Json& json) { json["sites"][1]["key_sha256"] = std::string(64, 'A'); }) ==
        "`x`: `/sites/1/key_sha256`: must be a SHA-256 in lower-case hex");
}

TEST_CASE("a licence's term has a length") {
  CHECK(why("not_after", "2026-11-02T00:00:00Z") == "`x`: `/not_after`: must be later than `not_before`");
  CHECK(why("not_after", "2026-11-02T00:00:01Z") == "accepted");
  CHECK(why("not_before", "2026-11-02T00:00:00+00:00") ==
        "`x`: `/not_before`: must be a UTC time such as `2026-11-01T00:00:00Z`");
  CHECK(why("issued", "2026-02-30T00:00:00Z") != "accepted");
}
