/// The published report under the shipped dictionary and the profiles of the default policy.

#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "kit.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::dictionary::Type;
using Json = nlohmann::ordered_json;

namespace {

const std::vector<std::string> profiles{"as-published", "no-person", "baseline", "strict"};

/// The published report with a value at every declared path.
std::string full_report() {
  Json report = Json::parse(published_report());
  Json& properties = report["properties"];
  properties["users_who_logged_in"] =
      Json::parse(R"([{"id":31,"distinct_id":"u-distinct-31","first_name":"Ada","email":"ada@bank.example"}])");
  properties["$plugins_failed"] = {"Snowplow (77)"};
  properties["$groups"] = {{"instance", "https://analytics.bank.example"}};
  properties["teams"]["2"]["duplicate_distinct_ids"]["new_total_extra_distinct_id_rows"] = -4711;
  return report.dump();
}

/// All keys and scalars of a document, as texts.
void collect(const Json& value, std::set<std::string>& out) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      out.insert(key);
      collect(member, out);
    }
  } else if (value.is_array()) {
    for (const auto& element : value) collect(element, out);
  } else {
    out.insert(value.is_string() ? value.get<std::string>() : value.dump());
  }
}

std::set<std::string> texts_of(const std::string& report) {
  std::set<std::string> out;
  collect(Json::parse(report), out);
  return out;
}

std::size_t switched_off = 0;

/// Switches one treatment of the plan off after the other, and returns those that the scan then does not notice by
/// place: it knows nothing of what was taken out.
std::vector<std::string> unnoticed(const Plan& plan, const std::string& report) {
  const auto& dictionary = shipped_dictionary();
  const auto full = redact(dictionary, plan, report);
  CHECK(scan(dictionary, plan, full).empty());
  std::vector<std::string> out;
  const auto check = [&](const Plan& without, const std::string& path, const std::string& what) {
    const auto loose = redact(dictionary, without, report);
    REQUIRE(loose.bytes != full.bytes);  // else the report has no such datum and nothing is proved
    const std::string message = scan_bytes(dictionary, plan, loose.bytes, TakenOut());
    ++switched_off;
    if (message.find("leak scan: ") != 0) {
      out.push_back(path + what);
    } else {
      CHECK(message.find("`" + path + "`") != message.npos);
    }
  };
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    const std::string& path = dictionary.fields()[i].path;
    if (plan.value(i).base.action != Action::keep) check(plan.with_value(i, {}), path, "");
    if (plan.key(i).base.action != Action::keep) check(plan.with_key(i, {}), path, " (key)");
  }
  return out;
}

/// The published report with events and plugins of these names, and with their twins.
std::string report_with_names(const std::set<std::string>& names) {
  Json report = Json::parse(published_report());
  Json& properties = report["properties"];
  int count = 100000;
  for (const auto& name : names) {
    properties["teams"]["2"]["events_count_by_name"][name] = ++count;
    properties["teams"]["2"]["events_count_by_lib"][name] = ++count;
    properties["teams__2__events_count_by_name__" + name] = count;
    properties["plugins_installed"][name] = ++count;
    properties["plugins_installed__" + name] = count;
    properties["plugins_enabled"][name] = ++count;
    properties["$plugins_succeeded"].push_back(name);
  }
  return report.dump();
}

}  // namespace

TEST_CASE("the published report passes under every profile, and as published nothing changes") {
  for (const auto& profile : profiles) {
    CAPTURE(profile);
    const auto plan = shipped_plan(profile);
    const auto outcome = redact(shipped_dictionary(), plan, published_report());
    REQUIRE(outcome.result);
    CHECK(Json::accept(outcome.bytes));
    CHECK(scan(shipped_dictionary(), plan, outcome).empty());
    CHECK(outcome.value().period_start == "2022-04-25");
    CHECK(outcome.value().period_end == "2022-05-01");
    CHECK((outcome.bytes == published_report()) == (profile == "as-published"));
    CHECK(outcome.value().counts.empty() == (profile == "as-published"));
  }
}

TEST_CASE("under strict nothing is left of people, places, hosts, licences and names, and all published totals are") {
  const auto outcome = redact(shipped_dictionary(), shipped_plan("strict"), published_report());
  const auto texts = texts_of(outcome.bytes);
  for (const auto* gone : {"165.22.112.27",
                           "London",
                           "SL1",
                           "51.5368",
                           "-0.6718",
                           "GB",
                           "EU",
                           "ENG",
                           "England",
                           "United Kingdom",
                           "Europe/London",
                           "playground.posthog.net",
                           "https://playground.posthog.net",
                           "BGQQQQQQQQQQQQQQQQQQQQQQQQQQqqqqq",
                           "VY1tssVQViiUWdVY1tssVQViiUWdVY1tssVQViiUWd",
                           "01808211-23a9-0000-354b-a5da0697932b",
                           "posthog",
                           "GeoIP",
                           "Avo",
                           "GeoIP (80)",
                           "THE CRASH",
                           "job",
                           "$autocapture",
                           "$pageview",
                           "Lead",
                           "web",
                           "null",
                           "posthog-python",
                           "1.4.4",
                           "2022-05-02T00:00:02.293000+00:00",
                           "2",
                           "35",
                           "36"}) {
    CAPTURE(gone);
    CHECK(texts_of(published_report()).contains(gone));
    CHECK_FALSE(texts.contains(gone));
  }
  for (const auto* left :
       {"1627639", "52113", "1616800", "10839", "50350", "1763", "57344", "49152", "1.35.0", "21.6.5", "helm_do_ha",
        "2022-05-02T00:00:00Z", "2022-05-01T00:00:00Z", "user instance status report"}) {
    CAPTURE(left);
    CHECK(texts.contains(left));
  }
}

TEST_CASE("under strict, what is done is counted by declared path") {
  const auto counts = redact(shipped_dictionary(), shipped_plan("strict"), published_report()).counts();
  const auto has = [&](const std::string& line) {
    return std::find(counts.begin(), counts.end(), line) != counts.end();
  };
  CHECK(has("/properties/teams/* key pseudonymise 3"));
  CHECK(has("/properties/teams/*/events_count_by_name/* key drop 6"));
  CHECK(has("/properties/plugins_installed/* key drop 7"));
  CHECK(has("/properties/license_keys/* value pseudonymise 1"));
  CHECK(has("/properties/period/end_inclusive value truncate_time 1"));
  CHECK(has("/properties/$geoip_city_name value drop 1"));
  CHECK(has("twins twin drop 87"));
}

TEST_CASE("each redaction of the shipped policy switched off in turn is noticed by place, of values and keys alike") {
  for (const auto* profile : {"no-person", "baseline", "strict"}) {
    CAPTURE(profile);
    switched_off = 0;
    CHECK(unnoticed(shipped_plan(profile), full_report()).empty());
    CHECK(switched_off > 30);
  }
}

TEST_CASE("where everything is redacted, each redaction switched off is noticed, counts, booleans and enums too") {
  for (const auto* action : {"drop", "mask", "pseudonymise"}) {
    CAPTURE(action);
    const std::string redaction = R"({"path":"/**","do":")" + std::string(action) + "\"}";
    CHECK(unnoticed(make_plan(shipped_dictionary(), {redaction}), full_report()).empty());
  }
}

TEST_CASE("twins and an undeclared or ill-typed value are noticed by place where they were not dropped") {
  const auto says = [](const std::string& report) {
    return scan_bytes(shipped_dictionary(), shipped_plan("no-person"), report, TakenOut());
  };
  CHECK(says(published_report()).find("still has") != std::string::npos);
  CHECK(says(R"({"event":"instance status report","properties":{"teams__2__ff_count":1}})").find("a twin") !=
        std::string::npos);
  CHECK(says(R"({"event":"instance status report","properties":{"new":1}})").find("does not declare") !=
        std::string::npos);
  CHECK(says(R"({"event":"instance status report","properties":{"site_url":1}})").find("declared type") !=
        std::string::npos);
}

TEST_CASE("names that also mean something else raise no false alarm") {
  std::set<std::string> names{"timestamp", "teams", "helm", "posthog", "1.35.0", "a__b", "2", "instance status report"};
  for (const auto& field : shipped_dictionary().fields()) {
    for (std::size_t i = 0; i < field.steps.size(); ++i) {
      if (!field.is_wildcard[i]) names.insert(field.steps[i]);
    }
    names.insert(field.shape.values.begin(), field.shape.values.end());
  }
  CHECK(names.size() > 100);
  const std::string report = report_with_names(names);
  for (const auto& profile : profiles) {
    CAPTURE(profile);
    const auto plan = shipped_plan(profile);
    const auto outcome = redact(shipped_dictionary(), plan, report);
    REQUIRE(outcome.error().empty());
    CHECK(scan(shipped_dictionary(), plan, outcome).empty());
  }
  // Each was taken out, so that the absence of an alarm means something.
  const auto needles = redact(shipped_dictionary(), shipped_plan("strict"), report).needles();
  for (const auto& name : names) CHECK((name == "2" || needles.contains("content: " + name)));
}

TEST_CASE("redacting twice is redacting once, where nothing is masked or pseudonymised") {
  const std::vector<std::string> truncating{R"({"class":"person","do":"drop"})", R"({"class":"content","do":"drop"})",
                                            R"({"path":"/properties/$ip","do":"truncate_ip","v4":24,"v6":48})",
                                            R"({"class":"time","do":"truncate_time","to":"week"})",
                                            R"({"class":"version","do":"truncate_version","to":"minor"})"};
  for (const auto& plan : {shipped_plan("no-person"), make_plan(shipped_dictionary(), truncating)}) {
    const auto once = redact(shipped_dictionary(), plan, full_report());
    const auto twice = redact(shipped_dictionary(), plan, once.bytes);
    CHECK(once.bytes != full_report());
    CHECK(twice.bytes == once.bytes);
    CHECK(twice.counts().empty());
    CHECK(scan(shipped_dictionary(), plan, twice).empty());
  }
}
