// What a draft makes of samples: types, folding, roles, errors.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "drafts.hpp"

using namespace airlock;
using core::Json;
using test::declarations_in;
using test::draft_of;

namespace {

/// The declaration of `/x` in the draft of samples with this member.
Json x_of(const std::vector<std::string>& values) {
  std::vector<std::string> samples;
  for (const std::string& value : values) samples.push_back(R"({"n": 1, "x": )" + value + "}");
  return declarations_in(draft_of(samples).text).at("/x");
}

std::string error_of(const std::string& sample) {
  prover::Drafter drafter;
  const auto added = drafter.add_sample(sample, "sample.json");
  REQUIRE_FALSE(added);
  return added.error().message;
}

Json document_of(const prover::Draft& draft) { return Json::parse(draft.text); }

}  // namespace

TEST_CASE("a type is the narrowest that all samples fit") {
  CHECK(x_of({"1", "2"})["type"] == "count");
  CHECK(x_of({"1", "-20"})["type"] == "integer");
  CHECK(x_of({"1", "2.5"})["type"] == "number");
  CHECK(x_of({"1", "true"})["type"] == Json{"count", "boolean"});
  CHECK(x_of({R"("1.2.3")", R"("v2.0")"})["type"] == "version");
  CHECK(x_of({R"("https://example.com/")", R"("unknown")"})["type"] == "text");
  CHECK(x_of({R"("ada")", R"("")"})["type"] == Json{"text", "empty"});
  CHECK(x_of({"[]"})["type"] == "empty");
  CHECK(x_of({"\"" + std::string(2000, 'x') + "\""})["type"] == "opaque");
}

TEST_CASE("null makes a field nullable, and small negative numbers are sentinels of counts") {
  CHECK(x_of({"1", "null"}) == Json{{"path", "/x"}, {"type", "count"}, {"nullable", true}, {"class", "usage"}});
  CHECK(x_of({"1", "-1"})["sentinels"] == Json{-1});
  CHECK(x_of({"-1"})["type"] == "count");
  CHECK_FALSE(x_of({"1.5", "-1"}).contains("sentinels"));
  const auto draft = draft_of({R"({"a": -1, "b": -2, "c": -1000, "d": 1})"});
  CHECK(document_of(draft)["sentinels"] == Json{-1000, -2, -1});
  CHECK_FALSE(declarations_in(draft.text).at("/a").contains("sentinels"));
}

TEST_CASE("few words of the product become an enum only if they are seen again and again") {
  std::vector<std::string> samples;
  for (int i = 0; i < 4; ++i) {
    samples.emplace_back(R"({"database_engine": "postgres", "first_name": "Ada"})");
    samples.emplace_back(R"({"database_engine": "mysql", "first_name": "Bo"})");
  }
  const auto draft = draft_of(samples);
  const auto declarations = declarations_in(draft.text);
  CHECK(declarations.at("/database_engine")["values"] == Json{"mysql", "postgres"});
  CHECK(declarations.at("/first_name")["type"] == "text");
  CHECK(draft.enums == std::vector<std::string>{"/database_engine"});
  CHECK(draft.text.find("Ada") == std::string::npos);
  CHECK(declarations_in(draft_of({samples[0]}).text).at("/database_engine")["type"] == "text");
}

TEST_CASE("members of one shape, long rows of numbers and names that differ are folded") {
  const auto folded = [](const std::string& sample, const std::string& path) {
    return declarations_in(draft_of({sample}).text).contains(path);
  };
  CHECK(folded(R"({"o": {"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}, "c": {"x": 5, "y": 6}}})", "/o/*/x"));
  CHECK(folded(R"({"o": {"17": {"x": 1}}})", "/o/*/x"));
  CHECK(folded(R"({"o": {"a": {"x": 1}, "b": {"y": true}, "c": 5}})", "/o/a/x"));
  std::string row;
  for (int i = 0; i < 40; ++i) row += (i == 0 ? "" : ", ") + ("\"metric_" + std::to_string(i)) + "\": 1";
  CHECK(folded(R"({"o": {)" + row + "}}", "/o/*"));
  const auto declarations =
      declarations_in(draft_of({R"({"o": {"a": 1, "b": 2}})", R"({"o": {"c": 1, "d": 2}})"}).text);
  CHECK(declarations.contains("/o/*"));
  CHECK(declarations.at("/o/*")["key"].contains("review"));
}

TEST_CASE("names that no path can say are folded") {
  const std::string sample = R"({"o": {"": 1, "b": "x"}})";
  CHECK(test::not_declared(sample, draft_of({sample}).text).empty());
}

TEST_CASE("event, period and version become roles") {
  const auto roles = [](const std::string& sample) { return document_of(draft_of({sample}))["roles"]; };
  CHECK(roles(R"({"event": "usage", "period": {"start": "2026-11-01T00:00:00Z", "end": "2026-11-08T00:00:00Z"}})") ==
        Json{{"event", "/event"}, {"period_start", "/period/start"}, {"period_end", "/period/end"}});
  CHECK(roles(R"({"version": "1.2.3", "recorded_at": "2026-11-01T00:00:00Z", "n": 1})") ==
        Json{{"event", {{"always", "example report"}}}, {"at", "/recorded_at"}, {"version", "/version"}});
  CHECK(roles(R"({"license": {"start": "2026-11-01T00:00:00Z", "end": "2026-11-08T00:00:00Z"}})") ==
        Json{{"event", {{"always", "example report"}}}});
}

TEST_CASE("the only moment of a report becomes a role, whatever type it has") {
  const auto at = [](const std::string& moment) {
    return document_of(draft_of({"{\"n\": 1, " + moment + "}"}))["roles"];
  };
  CHECK(at(R"("report_date": "2026-11-27")")["at"] == "/report_date");
  CHECK(at(R"("timestamp": 1795748400)")["at"] == "/timestamp");
  CHECK(at(R"("timestamp": 1795748400000)")["at"] == "/timestamp");
  CHECK(at(R"("day": "2026-11-27", "timestamp": "2026-11-27T03:00:00Z")")["at"] == "/timestamp");
  CHECK_FALSE(at(R"("last_seen": "2026-11-27", "installed": "2026-11-20")").contains("at"));
  CHECK_FALSE(document_of(draft_of({R"({"timestamp": 1795748400})", R"({"timestamp": -1})"}))["roles"].contains("at"));
}

TEST_CASE("a place that holds an object in one sample and a list in another is a problem, and is told") {
  const auto draft = draft_of({R"({"a": {"b": 1}})", R"({"a": [1]})"});
  REQUIRE(draft.problems.size() == 1);
  CHECK(draft.problems[0].path == "/a");
}

TEST_CASE("samples that are no reports are refused") {
  CHECK(error_of("") == "`sample.json`: is empty");
  CHECK(error_of("  \n") == "`sample.json`: is empty");
  CHECK(error_of("7") == "`sample.json`: is neither a JSON object nor a list of objects");
  CHECK(error_of("[1]") == "`sample.json`: is a list, but not of objects only");
  CHECK(error_of("[]") == "`sample.json`: is a list, but not of objects only");
  CHECK(error_of("{\"a\": 1").starts_with("`sample.json`: byte "));
  CHECK(error_of("{\"a\": 1}\n{\"a\": }\n").starts_with("`sample.json`: line 2: byte "));
  CHECK(error_of("{\"a\": 1}\n{}\n3\n") == "`sample.json`: line 3: is not a JSON object");
  prover::Drafter drafter;
  REQUIRE(drafter.add_sample("{}", "a.json"));
  CHECK_FALSE(drafter.add_sample("[{}]", "b.json"));
  CHECK_FALSE(drafter.finish({.product = "example", .event = ""}));
}
