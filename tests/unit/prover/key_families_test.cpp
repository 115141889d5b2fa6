// Names within member names: which of them a draft declares by a key pattern, and which members stay literal.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "drafts.hpp"

using namespace airlock;
using core::Json;
using test::declarations_in;
using test::draft_of;
using test::source_file;

namespace {

/// A sample that has these members, all with the same value.
std::string sample_of(const std::vector<std::string>& names, const Json& value = 1) {
  Json out{{"n", 1}};
  for (const std::string& name : names) out[name] = value;
  return out.dump();
}

/// The paths that a draft of these samples declares. Each sample must be declared whole.
std::vector<std::string> paths_of(const std::vector<std::string>& samples) {
  const auto draft = draft_of(samples);
  for (const std::string& sample : samples) CHECK(test::not_declared(sample, draft.text).empty());
  std::vector<std::string> out;
  for (const auto& [path, declaration] : declarations_in(draft.text)) {
    if (path != "/n") out.push_back(path);
  }
  return out;
}

using Paths = std::vector<std::string>;

}  // namespace

TEST_CASE("names that one sample has and another has not are a family") {
  const std::string one = sample_of({"stats.ds.loki.count", "stats.ds.tempo.count", "stats.ds.mysql.count"});
  const std::string other = sample_of({"stats.ds.loki.count", "stats.ds.zabbix.count"});
  CHECK(paths_of({one, other}) == Paths{"/stats.ds.*.count"});
  CHECK(paths_of({one, one}) == Paths{"/stats.ds.loki.count", "/stats.ds.mysql.count", "/stats.ds.tempo.count"});
}

TEST_CASE("names that two families share are the names of something") {
  CHECK(paths_of({sample_of({"ds.loki.count", "ds.tempo.count", "ds.mysql.count", "ds_access.loki.proxy",
                             "ds_access.tempo.proxy", "ds_access.mysql.proxy"})}) ==
        Paths{"/ds.*.count", "/ds_access.*.proxy"});
  CHECK(paths_of({sample_of({"ds.loki.count", "ds.tempo.count", "ds.mysql.count", "auth.ldap.proxy", "auth.saml.proxy",
                             "auth.kerberos.proxy"})})
            .size() == 6);
}

TEST_CASE("a family has names like those of packages, or ids") {
  CHECK(paths_of({sample_of({"ds.loki.count", "ds.bankhus-core-source.count"})}) == Paths{"/ds.*.count"});
  CHECK(paths_of({sample_of({"site/826e9bb4-4282-47e3-bb76-55f571a7286f/seen",
                             "site/0f5a7c3e-1111-4222-8333-444455556666/seen"})}) == Paths{"/site~1*~1seen"});
  CHECK(paths_of({sample_of({"ds__loki__count", "ds__my-own-source__count"})}) == Paths{"/ds__*__count"});
  // A product that writes its own words with hyphens proves nothing by them.
  CHECK(paths_of({sample_of({"data-sources.loki.count", "data-sources.open-tsdb.count"})}).size() == 2);
}

TEST_CASE("the figures of a product stay literal") {
  const Paths users_and_orgs{"/stats.orgs.count", "/stats.users.count"};
  CHECK(paths_of({sample_of({"stats.users.count", "stats.orgs.count"})}) == users_and_orgs);
  CHECK(paths_of({sample_of({"stats.users.count", "stats.orgs.count"}), sample_of({"stats.users.count"}),
                  sample_of({"stats.orgs.count"})}) == users_and_orgs);
  CHECK(paths_of({sample_of({"http.status.200", "http.status.404", "http.status.500"})}).size() == 3);
}

TEST_CASE("members of different shapes are no family") {
  const std::string sample = R"({"n": 1, "ds.loki.count": 1, "ds.bankhus-core-source.count": "many"})";
  CHECK(paths_of({sample}) == Paths{"/ds.bankhus-core-source.count", "/ds.loki.count"});
}

TEST_CASE("a family's part has types, a class and a mark, and its values are declared once") {
  const Json value{{"queries", 3}, {"cached", true}};
  const std::string sample = sample_of({"stats.sources.loki", "stats.sources.bankhus-core"}, value);
  const auto declarations = declarations_in(draft_of({sample}).text);
  REQUIRE(declarations.contains("/stats.sources.*"));
  const Json& key = declarations.at("/stats.sources.*")["key"];
  CHECK(key["pattern"] == "stats.sources.{source}");
  CHECK(key["source"]["type"] == "text");
  CHECK(key["source"]["class"] == "content");
  CHECK(key["source"].contains("review"));
  CHECK(declarations.at("/stats.sources.*/queries")["type"] == "count");
  CHECK(declarations.at("/stats.sources.*/cached")["type"] == "boolean");
}

TEST_CASE("Grafana's data sources are in no draft, and a new one is declared") {
  const std::string known = source_file("tests/kit/products/grafana.json");
  const std::string with_new = source_file("tests/kit/products/grafana-new-data-source.json");
  for (const auto& samples : {std::vector{known}, std::vector{known, with_new}}) {
    const std::string draft = draft_of(samples).text;
    CHECK(draft.find("bankhus-core-datasource") == std::string::npos);
    CHECK(draft.find("alexanderzobnin-zabbix-datasource") == std::string::npos);
    CHECK(declarations_in(draft).contains("/metrics/stats.users.count"));
    CHECK(test::not_declared(known, draft).empty());
    CHECK(test::not_declared(with_new, draft).empty());
  }
}
