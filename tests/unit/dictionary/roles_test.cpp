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
        "`d.json`: `/roles/at`: `/version` must have the type `time` only");
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
