// Roles of a dictionary: a constant event, one moment for a period, the product's version.

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "dictionary/dictionary.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;

namespace {

/// The example with other roles, without `events` unless they are given.
airlock::core::Result<Dictionary> with_roles(std::string_view roles, std::string_view events = "") {
  Json json = Json::parse(test::example());
  json["roles"] = Json::parse(roles);
  json.erase("events");
  if (!events.empty()) json["events"] = Json::parse(events);
  json["fields"].push_back({{"path", "/version"}, {"type", {"version", "text"}}, {"class", "version"}});
  return Dictionary::parse(json.dump(), "d.json");
}

std::string why(std::string_view roles, std::string_view events = "") {
  const auto parsed = with_roles(roles, events);
  return parsed ? "accepted" : parsed.error().message;
}

}  // namespace

TEST_CASE("an event that no report names is the only event") {
  const auto dictionary = with_roles(R"({"event": {"always": "service ping"}})").value();
  CHECK(dictionary.events() == std::vector<std::string>{"service ping"});
  CHECK(dictionary.roles().event.empty());
  CHECK(dictionary.roles().constant_event == "service ping");
  CHECK(why(R"({"event": {"always": "a"}})", R"(["a"])") == "accepted");
  CHECK(why(R"({"event": {"always": "a"}})", R"(["a", "b"])") ==
        "`d.json`: `/events`: must be `a` alone, which `/roles/event` says");
  CHECK(why(R"({"event": {"always": "a"}})", "[]") == "`d.json`: `/events`: is an empty list");
  CHECK(why(R"({"event": {"always": ""}})") == "`d.json`: `/roles/event/always`: must have 1 to 1024 bytes");
  CHECK(why(R"({"event": {}})") == "`d.json`: `/roles/event/always`: is missing");
  CHECK(why(R"({"event": {"always": "a", "x": 1}})") == "`d.json`: `/roles/event/x`: is not a known member");
  CHECK(why(R"({"event": 7})") == "`d.json`: `/roles/event`: must be a string");
  CHECK(why(R"({})") == "`d.json`: `/roles/event`: is missing");
  CHECK(why(R"({"event": "/event"})") == "`d.json`: `/events`: is missing");
}

TEST_CASE("one moment stands for both ends of a period") {
  const auto dictionary = with_roles(R"({"event": {"always": "a"}, "at": "/from", "every": "P1W"})").value();
  CHECK(dictionary.roles().period_start == "/from");
  CHECK(dictionary.roles().period_end == "/from");
  CHECK(dictionary.roles().every == "P1W");
  CHECK(why(R"({"event": {"always": "a"}, "at": "/from", "period_start": "/from", "period_end": "/to"})") ==
        "`d.json`: `/roles/at`: stands for `period_start` and `period_end`, so it cannot be beside them");
  CHECK(why(R"({"event": {"always": "a"}, "at": "/version"})") ==
        "`d.json`: `/roles/at`: `/version` must have one type only: `time`, `date`, `epoch` or `epoch_ms`");
  CHECK(why(R"({"event": {"always": "a"}, "at": "/nowhere"})") == "`d.json`: `/roles/at`: `/nowhere` is not declared");
}

TEST_CASE("the product's version is a declared version or text") {
  CHECK(with_roles(R"({"event": {"always": "a"}, "version": "/version"})").value().roles().version == "/version");
  CHECK(with_roles(R"({"event": {"always": "a"}})").value().roles().version.empty());
  CHECK(why(R"({"event": {"always": "a"}, "version": "/event"})") ==
        "`d.json`: `/roles/version`: `/event` must have no type but `version` and `text`");
  CHECK(why(R"({"event": {"always": "a"}, "version": "/props/teams/*"})") ==
        "`d.json`: `/roles/version`: `/props/teams/*` has a `*`, so it may be many values");
}

TEST_CASE("a report of many objects has a constant event") {
  const auto with_document = [](std::string_view document, std::string_view event) {
    Json json = Json::parse(test::example());
    json["document"] = document;
    json["roles"] = {{"event", Json::parse(event)}};
    json.erase("events");
    if (event.starts_with('"')) json["events"] = {"a", "b"};
    return Dictionary::parse(json.dump(), "d.json");
  };
  using airlock::report::Document;
  CHECK(with_document("array", R"({"always": "a"})").value().document() == Document::array);
  CHECK(with_document("lines", R"({"always": "a"})").value().document() == Document::lines);
  CHECK(with_document("object", R"("/event")").value().document() == Document::object);
  CHECK(test::example_dictionary().document() == Document::object);
  for (const auto* document : {"array", "lines"}) {
    CHECK(
        with_document(document, R"("/event")").error().message ==
        "`d.json`: `/roles/event`: must be constant, such as `{\"always\": \"service ping\"}`, since a report has many "
        "objects");
  }
  CHECK(with_document("line", R"({"always": "a"})").error().message.starts_with("`d.json`: `/document`: "));
}

TEST_CASE("a dictionary of many objects describes each of them") {
  Json json = Json::parse(test::example());
  json["document"] = "array";
  json["roles"] = {{"event", {{"always", "a"}}}};
  json.erase("events");
  const auto dictionary = Dictionary::parse(json.dump(), "d.json").value();
  const auto at = [&](std::string_view report, std::string_view path) { return test::told(dictionary, report, path); };
  const std::string report = R"([{"props": {"total": 1, "x": 2, "teams__2__n": 3}}, 7, [{"props": {"total": 1}}], {}])";
  CHECK(at(report, "") == "structure");
  CHECK(at(report, "/0") == "structure");
  CHECK(at(report, "/0/props/total") == "structure, declared by /props/total as count of usage");
  CHECK(at(report, "/0/props/x") == "undeclared, undeclared");
  CHECK(at(report, "/0/props/teams__2__n") == "twin by /props/teams/*/n of usage, twin by /props/teams/*/n of usage");
  CHECK(at(report, "/1") == "undeclared");
  CHECK(at(report, "/2") == "undeclared");
  CHECK(at(report, "/2/0/props/total") == "undeclared, undeclared");
  CHECK(at(report, "/3") == "structure");
  CHECK(at(R"({"props": {"total": 1}})", "/props/total") == "undeclared, undeclared");
}
