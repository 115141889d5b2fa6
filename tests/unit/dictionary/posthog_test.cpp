// The shipped dictionary, and what it makes of PostHog's published report.
#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;
using airlock::report::TokenKind;
using test::faults;
using test::is_value;
using test::Placed;
using test::shipped;
using test::values;

namespace {

const std::string& published() {
  static const std::string report = test::file("tests/kit/status_report.json");
  return report;
}

/// The published report with its one `from` replaced.
std::string with(const std::string& from, const std::string& to) {
  std::string report = published();
  const auto at = report.find(from);
  REQUIRE_MESSAGE(at != std::string::npos, from);
  REQUIRE_MESSAGE(report.find(from, at + 1) == std::string::npos, from);
  return report.replace(at, from.size(), to);
}

using Faults = std::map<std::string, std::string>;

const Field& field(const std::string& path) {
  const auto index = shipped().find(path);
  REQUIRE_MESSAGE(index, path);
  return shipped().fields()[*index];
}

}  // namespace

TEST_CASE("the shipped dictionary is for PostHog's status report") {
  CHECK(shipped().name() == "posthog-status-report");
  CHECK(shipped().product() == "posthog");
  CHECK(shipped().events() == std::vector<std::string>{"instance status report", "user instance status report"});
  CHECK(shipped().roles().event == "/event");
  CHECK(shipped().roles().period_start == "/properties/period/start_inclusive");
  CHECK(shipped().roles().period_end == "/properties/period/end_inclusive");
  CHECK(shipped().roles().every == "P7D");
  CHECK(shipped().fields().size() == 99);
}

TEST_CASE("every field says what it is for and what it means") {
  for (const Field& declared : shipped().fields()) {
    CAPTURE(declared.path);
    CHECK_FALSE(declared.purpose.empty());
    CHECK(declared.about.size() >= 15);
  }
}

TEST_CASE("every node of the published report is declared, and every flattened name a twin") {
  CHECK(faults(published()).empty());
  const auto counts = values(published());
  CHECK(counts.at("structure") + counts.at("declared") + counts.at("twin") == 260);
  CHECK(counts.at("twin") == 87);
  CHECK(counts.at("declared") == 142);
  int twin_names = 0;
  for (const Placed& at : test::walk(shipped(), published())) {
    const bool has_separator = at.kind == TokenKind::key && at.path.find("__") != std::string::npos;
    CAPTURE(at.path);
    if (at.kind == TokenKind::key) CHECK((at.placement.status == TokenStatus::twin) == has_separator);
    twin_names += has_separator ? 1 : 0;
  }
  CHECK(twin_names == 87);
}

TEST_CASE("every leaf of the published report has the class that its field declares") {
  std::map<std::string, int> classes;
  for (const Placed& at : test::walk(shipped(), published())) {
    if (at.placement.status != TokenStatus::declared) continue;
    const Field& declared = shipped().fields()[at.placement.field];
    CAPTURE(at.path);
    CHECK(at.placement.cls == (at.placement.wildcard_key ? declared.key.value().cls : declared.cls.value()));
    ++classes[std::string(name(at.placement.cls))];
  }
  CHECK(classes.at("location") == 33);
  CHECK(classes.at("licence") == 1);
  CHECK(classes.at("time") == 4);
  CHECK(classes.at("identifier") == 8);  // distinct id, address, site URL, host, release, three teams
  CHECK(classes.count("person") == 0);
}

TEST_CASE("a count of another type is ill-typed, and nothing else in the report is") {
  const Faults total{{"/properties/instance_usage_summary/events_count_total", "ill-typed"}};
  for (const std::string value :
       {"-1", "1e400", "1627639.0", "\"1627639\"", "\"ada@example.com\"", "null", "true", "[]", "{}"}) {
    CAPTURE(value);
    CHECK(faults(with("\"events_count_total\": 1627639", "\"events_count_total\": " + std::string(value))) == total);
  }
  CHECK(faults(with("\"$autocapture\": 210240", "\"$autocapture\": \"ada@example.com\"")) ==
        Faults{{"/properties/teams/2/events_count_by_name/$autocapture", "ill-typed"}});
  CHECK(faults(with("\"teams__2__ff_count\": 1", "\"teams__2__ff_count\": \"ada@example.com\"")) ==
        Faults{{"/properties/teams__2__ff_count", "ill-typed"}});
}

TEST_CASE("a coordinate beyond a double, an address with a name in it, a version with words: ill-typed") {
  CHECK(faults(with("\"$geoip_latitude\": 51.5368,\n\"$geoip_longitude\": -0.6718,\n\"$geoip_postal",
                    "\"$geoip_latitude\": 1e400,\n\"$geoip_postal"))
            .size() == 1);
  CHECK(faults(with("165.22.112.27", "165.22.112.27 (London)")) == Faults{{"/properties/$ip", "ill-typed"}});
  CHECK(faults(with("\"posthog_version\": \"1.35.0\"", "\"posthog_version\": \"1.35.0 of Ada\"")) ==
        Faults{{"/properties/posthog_version", "ill-typed"}});
  CHECK(faults(with("posthog-python", "posthog-python by ada")) == Faults{{"/properties/$lib", "ill-typed"}});
}

TEST_CASE("a member that nobody declared is undeclared at every level") {
  CHECK(faults(with("{\n\"id\"", "{\n\"extra\": 1,\n\"id\"")) == Faults{{"/extra", "undeclared"}});
  CHECK(faults(with("\"realm\"", "\"Realm\"")) == Faults{{"/properties/Realm", "undeclared"}});
  CHECK(faults(with("\"group_types_count\": 3", "\"group_types_count\": 3, \"extra\": {\"x\": 1}")) ==
        Faults{{"/properties/teams/2/extra", "undeclared"}, {"/properties/teams/2/extra/x", "undeclared"}});
  CHECK(faults(with("\"helm__cloud\"", "\"helm__clouds\"")) == Faults{{"/properties/helm__clouds", "undeclared"}});
}

TEST_CASE("a scalar where members are declared is undeclared, an empty container is not") {
  const std::string sizes = "{\n\"posthog_event\": 57344,\n\"posthog_sessionrecordingevent\": 49152\n}";
  for (const std::string value : {"null", "0", "\"\"", "false"}) {
    CAPTURE(value);
    CHECK(faults(with(sizes, value)) == Faults{{"/properties/table_sizes", "undeclared"}});
  }
  CHECK(faults(with(sizes, "{}")).empty());
  CHECK(faults(with(sizes, "[]")).empty());
}

TEST_CASE("users who logged in are persons, with or without a name") {
  const std::string users = R"("users_who_logged_in": [
    {"id": 1, "distinct_id": "K3fy", "first_name": "Ada", "email": "ada@example.com"},
    {"id": 2, "distinct_id": "Z9aa", "first_name": "", "email": "grace@mail.example.co.uk"},
    {"id": 3, "distinct_id": "P0bb"}])";
  const std::string report = with("\"users_who_logged_in\": []", users);
  CHECK(faults(report).empty());
  int persons = 0;
  for (const Placed& at : test::walk(shipped(), report)) {
    if (at.placement.status == TokenStatus::declared && at.placement.cls == Class::person) ++persons;
  }
  CHECK(persons == 10);
  CHECK(faults(with("\"users_who_logged_in\": []",
                    R"("users_who_logged_in": [{"email": 7, "phone": "1"}, "ada@example.com"])")) ==
        Faults{{"/properties/users_who_logged_in/0/email", "ill-typed"},
               {"/properties/users_who_logged_in/0/phone", "undeclared"},
               {"/properties/users_who_logged_in/1", "undeclared"}});
}

TEST_CASE("customers' names that look like the report's own stay customers' names") {
  // Every literal name of the dictionary, every event, and names with versions, separators and digits.
  std::set<std::string> names{"1.35.0", "a__b", "2",   "0",    "posthog", "__", "teams__2__ff_count",
                              "*",      "~2",   "a/b", "naïve"};
  for (const Field& declared : shipped().fields()) {
    for (std::size_t i = 0; i < declared.steps.size(); ++i) names.insert(declared.steps[i]);
    names.insert(declared.shape.values.begin(), declared.shape.values.end());
  }
  for (const std::string needed : {"timestamp", "teams", "helm", "instance status report"})
    REQUIRE(names.count(needed) == 1);

  Json events = Json::object();
  for (const std::string& name : names) events[name] = 1;
  Json properties = {{"teams", {{"2", {{"events_count_by_name", events}, {"events_count_by_lib", events}}}}},
                     {"plugins_installed", events},
                     {"plugins_enabled", events}};
  for (const std::string& name : names) {
    properties["teams__2__events_count_by_name__" + name] = 1;
    properties["teams__2__events_count_by_lib__" + name] = 1;
    properties["plugins_installed__" + name] = 1;
  }
  const std::string report = Json{{"properties", properties}}.dump();
  CHECK(faults(report).empty());
  std::size_t wildcard_keys = 0;
  std::size_t twins = 0;
  for (const Placed& at : test::walk(shipped(), report)) {
    if (at.kind != TokenKind::key) continue;
    const bool is_name = at.placement.wildcard_key && at.placement.cls == Class::content;
    wildcard_keys += is_name ? 1U : 0U;
    twins += at.placement.status == TokenStatus::twin ? 1U : 0U;
  }
  CHECK(wildcard_keys == 4 * names.size());
  CHECK(twins == 3 * names.size());
}

TEST_CASE("teams, events and plugins may be named like anything, teams not like nothing") {
  CHECK(faults(R"({"properties": {"teams": {"timestamp": {}, "teams": {"ff_count": 1}, "a__b": {}, "helm": []}}})")
            .empty());
  CHECK(faults(R"({"properties": {"teams": {"": {}}}})") == Faults{{"/properties/teams/", "ill-typed"}});
  CHECK(
      faults(
          R"({"properties": {"teams": {"2": {"events_count_by_lib": {"": 3, "null": 1}}}, "teams__2__events_count_by_lib__": 3}})")
          .empty());
}

TEST_CASE("what PostHog writes where it knows nothing is declared") {
  CHECK(faults(R"({"properties": {"site_url": "unknown", "deployment": "unknown", "helm": {}, "license_keys": [],
                   "users_who_logged_in": [], "teams": {}, "plugins_installed": {}}})")
            .empty());
  for (const Placed& at :
       test::walk(shipped(), R"({"properties": {"site_url": "unknown", "deployment": "unknown"}})")) {
    if (at.kind == TokenKind::string) CHECK(at.placement.type == Type::enumeration);
  }
  CHECK(test::told(shipped(), R"({"properties": {"deployment": "hobby"}})", "/properties/deployment") ==
        "structure, declared by /properties/deployment as text of deployment");
  CHECK(faults(R"({"properties": {"site_url": "unknowable"}})").size() == 1);
}

TEST_CASE("the difference that PostHog gets wrong may be negative, the others may not") {
  const auto report = [](const std::string& name) {
    return R"({"properties": {"teams": {"2": {"duplicate_distinct_ids": {")" + name + R"(": -3}}}}})";
  };
  CHECK(faults(report("new_total_extra_distinct_id_rows")).empty());
  CHECK(faults(report("new_total_ids_with_duplicates")).size() == 1);
  CHECK(faults(report("prev_total_extra_distinct_id_rows")).size() == 1);
}

TEST_CASE("classes are as the policy relies on") {
  const std::map<std::string, Class> expected{
      {"/id", Class::time},
      {"/timestamp", Class::time},
      {"/event", Class::usage},
      {"/distinct_id", Class::identifier},
      {"/elements_chain", Class::content},
      {"/properties/$ip", Class::identifier},
      {"/properties/$lib", Class::transport},
      {"/properties/$lib_version", Class::transport},
      {"/properties/$plugins_failed/*", Class::content},
      {"/properties/$geoip_time_zone", Class::location},
      {"/properties/$set/$geoip_postal_code", Class::location},
      {"/properties/$set_once/$initial_geoip_latitude", Class::location},
      {"/properties/helm/hostname", Class::identifier},
      {"/properties/helm/release_name", Class::identifier},
      {"/properties/helm/kube_version", Class::version},
      {"/properties/helm/cloud", Class::deployment},
      {"/properties/site_url", Class::identifier},
      {"/properties/license_keys/*", Class::licence},
      {"/properties/period/end_inclusive", Class::time},
      {"/properties/instance_usage_summary/using_groups", Class::usage},
      {"/properties/users_who_logged_in/*/id", Class::person},
      {"/properties/users_who_logged_in/*/distinct_id", Class::person},
      {"/properties/users_who_logged_in/*/email", Class::person},
  };
  for (const auto& place : expected) {
    CAPTURE(place.first);
    CHECK(field(place.first).cls == place.second);
  }
  CHECK(field("/properties/teams/*").key.value().cls == Class::identifier);
  for (const std::string path :
       {"/properties/plugins_installed/*", "/properties/plugins_enabled/*",
        "/properties/teams/*/events_count_by_name/*", "/properties/teams/*/events_count_by_lib/*"}) {
    CAPTURE(path);
    CHECK(field(path).key.value().cls == Class::content);
  }
}

TEST_CASE("each total of the summary names the teams' figures that it sums") {
  int sums = 0;
  for (const Field& declared : shipped().fields()) {
    if (!declared.path.starts_with("/properties/instance_usage_summary/") || declared.shape.types[0] != Type::count)
      continue;
    CAPTURE(declared.path);
    CHECK(declared.sum_of == "/properties/teams/*/" + declared.steps.back());
    ++sums;
  }
  CHECK(sums == 6);
}
