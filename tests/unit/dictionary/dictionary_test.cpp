#include "dictionary/dictionary.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Code;
using airlock::core::Json;

namespace {

/// What parsing says of the example after an edit.
std::string why(const std::function<void(Json&)>& edit) {
  Json json = Json::parse(test::example());
  edit(json);
  const auto parsed = Dictionary::parse(json.dump(), "d.json");
  if (parsed) return "accepted";
  CHECK(parsed.error().code == Code::bad_input);
  return parsed.error().message;
}

/// … after a patch of one place of the example.
std::string why_with(const char* pointer, const Json& value) {
  return why([&](Json& json) { json[Json::json_pointer(pointer)] = value; });
}

std::string why_without(const char* parent, const char* member) {
  return why([&](Json& json) { json[Json::json_pointer(parent)].erase(member); });
}

/// … after one more declaration.
std::string why_field(const char* field) {
  return why([&](Json& json) { json["fields"].push_back(Json::parse(field)); });
}

}  // namespace

TEST_CASE("a dictionary tells what its document says") {
  const Dictionary& dictionary = test::example_dictionary();
  CHECK(dictionary.name() == "example");
  CHECK(dictionary.product() == "product");
  CHECK(dictionary.events() == std::vector<std::string>{"a", "b"});
  CHECK(dictionary.roles().event == "/event");
  CHECK(dictionary.roles().period_start == "/from");
  CHECK(dictionary.roles().period_end == "/to");
  CHECK(dictionary.roles().every == "P7D");
  REQUIRE(dictionary.fields().size() == 14);

  const auto total = dictionary.find("/props/total");
  REQUIRE(total == 4);
  const Field& field = dictionary.fields()[*total];
  CHECK(field.path == "/props/total");
  CHECK(field.steps == std::vector<std::string>{"props", "total"});
  CHECK(field.shape.types == std::vector{Type::count});
  CHECK(field.cls == Class::usage);
  CHECK_FALSE(field.key);
  CHECK(field.purpose == "billing");
  CHECK(field.about == "all");
  CHECK(field.sum_of == "/props/teams/*/n");
  CHECK(field.delta_of.empty());

  const Field& teams = dictionary.fields()[dictionary.find("/props/teams/*").value()];
  CHECK(teams.is_wildcard == std::vector{false, false, true});
  CHECK(teams.shape.types.empty());
  CHECK_FALSE(teams.cls);
  REQUIRE(teams.key);
  CHECK(teams.key->cls == Class::identifier);
  CHECK(dictionary.fields()[0].shape.values == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(dictionary.find("/props/teams"));
  CHECK_FALSE(dictionary.find("/props/teams/2"));
}

TEST_CASE("a dictionary can be moved, also under a classifier") {
  auto parsed = Dictionary::parse(test::example(), "d.json");
  REQUIRE(parsed);
  Classifier classifier(*parsed);
  const Dictionary moved = std::move(*parsed);
  airlock::report::Token number;
  number.kind = airlock::report::Kind::number;
  CHECK(classifier.place(number).standing == Standing::undeclared);
  CHECK(moved.find("/event") == 0);
}

TEST_CASE("twins, period and most of a declaration may be left out") {
  CHECK(why_without("", "twins") == "accepted");
  CHECK(why([](Json& json) { json["roles"] = {{"event", "/event"}}; }) == "accepted");
  CHECK(why_without("/roles", "every") == "accepted");
  CHECK(why_field(R"({"path": "/x", "type": ["url", "enum"], "values": ["unknown"], "class": "identifier"})") ==
        "accepted");
}

TEST_CASE("what must be there is missed by name") {
  CHECK(why_without("", "format") == "`d.json`: `/format`: is missing");
  CHECK(why_without("", "name") == "`d.json`: `/name`: is missing");
  CHECK(why_without("", "product") == "`d.json`: `/product`: is missing");
  CHECK(why_without("", "roles") == "`d.json`: `/roles`: is missing");
  CHECK(why_without("", "events") == "`d.json`: `/events`: is missing");
  CHECK(why_without("", "fields") == "`d.json`: `/fields`: is missing");
  CHECK(why_without("/roles", "event") == "`d.json`: `/roles/event`: is missing");
  CHECK(why_without("/twins", "under") == "`d.json`: `/twins/under`: is missing");
  CHECK(why_without("/twins", "separator") == "`d.json`: `/twins/separator`: is missing");
  CHECK(why_without("/fields/0", "path") == "`d.json`: `/fields/0/path`: is missing");
  CHECK(why_without("/fields/0", "class") == "`d.json`: `/fields/0/class`: is missing");
  CHECK(why_without("/fields/5/key", "class") == "`d.json`: `/fields/5/key/class`: is missing");
  CHECK(why_without("/fields/5/key", "type") == "`d.json`: `/fields/5/key/type`: is missing");
  CHECK(why_without("/fields/5", "key") == "`d.json`: `/fields/5`: has neither a `type` nor a `key`");
}

TEST_CASE("a member that nobody knows is refused at every level") {
  CHECK(why_with("/x", 1) == "`d.json`: `/x`: is not a known member");
  CHECK(why_with("/roles/x", 1) == "`d.json`: `/roles/x`: is not a known member");
  CHECK(why_with("/twins/x", 1) == "`d.json`: `/twins/x`: is not a known member");
  CHECK(why_with("/fields/4/x", 1) == "`d.json`: `/fields/4/x`: is not a known member");
  CHECK(why_with("/fields/5/key/x", 1) == "`d.json`: `/fields/5/key/x`: is not a known member");
}

TEST_CASE("another format, and what is no document at all, is refused") {
  CHECK(why_with("/format", "airlock-dictionary/2") ==
        "`d.json`: `/format`: is `airlock-dictionary/2`, not `airlock-dictionary/1`");
  for (const std::string text :
       {"", "[]", "null", "{", R"({"format":"airlock-dictionary/1","format":"airlock-dictionary/1"})"}) {
    CAPTURE(text);
    const auto parsed = Dictionary::parse(text, "d.json");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::bad_input);
  }
  CHECK(why_with("/fields/5/key/type", Json::parse(R"([["text"]])")) == "`d.json`: is nested deeper than 5");
}

TEST_CASE("names are plain") {
  for (const std::string bad : {"Upper", "-a", "a b", "a/b", "ä"}) {
    CAPTURE(bad);
    CHECK(why_with("/name", bad).starts_with("`d.json`: `/name`: must begin with"));
    CHECK(why_with("/product", bad).starts_with("`d.json`: `/product`: must begin with"));
  }
  CHECK(why_with("/name", std::string(65, 'a')) == "`d.json`: `/name`: must have 1 to 64 bytes");
}

TEST_CASE("a path is a JSON Pointer with whole wildcards") {
  const auto path = [](const std::string& text) {
    return why([&](Json& json) { json["fields"].push_back({{"path", text}, {"type", "count"}, {"class", "usage"}}); });
  };
  CHECK(path("/new/~0~1~2") == "accepted");
  CHECK(path("event") == "`d.json`: `/fields/14/path`: `event` must begin with `/`");
  for (const std::string bad : {"/a*", "/**", "/x/*y", "/~", "/~3", "/a~"}) {
    CAPTURE(bad);
    CHECK(path(bad).find("has the step `") != std::string::npos);
  }
  CHECK(path("/") == "`d.json`: `/fields/14/path`: `/` has an empty step");
  CHECK(path("/a//b") == "`d.json`: `/fields/14/path`: `/a//b` has an empty step");
  CHECK(path("/a/") == "`d.json`: `/fields/14/path`: `/a/` has an empty step");
  std::string deep;
  for (int i = 0; i < 32; ++i) deep += "/x";
  CHECK(path(deep) == "accepted");
  CHECK(path((deep + "/x")).ends_with("has more than 32 steps"));
}

TEST_CASE("escapes in a path stand for themselves in a report") {
  Json json = Json::parse(test::example());
  json["fields"].push_back(Json::parse(R"({"path": "/~0~1~2", "type": "count", "class": "usage"})"));
  const auto parsed = Dictionary::parse(json.dump(), "d.json");
  REQUIRE(parsed);
  CHECK(parsed->fields().back().steps == std::vector<std::string>{"~/*"});
  CHECK(test::told(*parsed, R"({"~/*": 1})", "/~0~1*") == "structure, declared by /~0~1~2 as count of usage");
}

TEST_CASE("a path is declared once") {
  CHECK(why_field(R"({"path": "/event", "type": "text", "class": "usage"})") ==
        "`d.json`: `/fields/14/path`: `/event` is declared already by `/fields/0`");
  CHECK(
      why_field(
          R"({"path": "/props/tags/*", "key": {"type": "text", "class": "content"}, "type": "count", "class": "usage"})") ==
      "`d.json`: `/fields/14/path`: `/props/tags/*` is declared already by `/fields/11`");
}

TEST_CASE("a value is not declared where other paths lead on") {
  CHECK(why_field(R"({"path": "/props", "type": "empty", "class": "usage"})") ==
        "`d.json`: `/fields/14`: `/props` has a `type`, although other paths lead on from it");
  CHECK(why_field(R"({"path": "/event/x", "type": "count", "class": "usage"})") ==
        "`d.json`: `/fields/0`: `/event` has a `type`, although other paths lead on from it");
  CHECK(why_field(R"({"path": "/props/words/*/x", "type": "count", "class": "usage"})") ==
        "`d.json`: `/fields/8`: `/props/words/*` has a `type`, although other paths lead on from it");
}

TEST_CASE("keys alone declare nothing") {
  CHECK(why_field(R"({"path": "/more/*", "key": {"type": "text", "class": "content"}})") ==
        "`d.json`: `/fields/14`: `/more/*` has no `type`, and no other path leads on from it");
}

TEST_CASE("a container holds members or elements, not both") {
  CHECK(why_field(R"({"path": "/props/tags/first", "type": "text", "class": "content"})") ==
        "`d.json`: `/fields/11/path`: `/props/tags/*` stands beside literal members; a `*` for members needs a `key`");
  CHECK(why_field(R"({"path": "/props/*/deep", "type": "text", "class": "content"})").find("needs a `key`") !=
        std::string::npos);
}

TEST_CASE("types and classes are known ones") {
  CHECK(why_with("/fields/4/type", "int") == "`d.json`: `/fields/4/type`: `int` is not a type");
  CHECK(why_with("/fields/4/type", Json::array()) == "`d.json`: `/fields/4/type`: is an empty list");
  CHECK(why_with("/fields/4/type", Json::parse(R"(["count", "count"])")) ==
        "`d.json`: `/fields/4/type`: element 1 stands there twice");
  CHECK(why_with("/fields/4/type", Json::parse(R"(["count", 7])"))
            .starts_with("`d.json`: `/fields/4/type`: element 1 must be"));
  CHECK(why_with("/fields/4/type", 7) == "`d.json`: `/fields/4/type`: must be a text");
  CHECK(why_with("/fields/4/class", "Usage") == "`d.json`: `/fields/4/class`: `Usage` is not a class");
  CHECK(why_with("/fields/5/key/class", "x") == "`d.json`: `/fields/5/key/class`: `x` is not a class");
  CHECK(why_with("/fields/4/purpose", "fun")
            .starts_with("`d.json`: `/fields/4/purpose`: is `fun`, not one of `billing`"));
}

TEST_CASE("values go with enum, always and only") {
  CHECK(why_without("/fields/0", "values") == "`d.json`: `/fields/0/values`: must name the values of the `enum`");
  CHECK(why_with("/fields/0/values", Json::array()) ==
        "`d.json`: `/fields/0/values`: must name the values of the `enum`");
  CHECK(why_with("/fields/4/values", Json::parse(R"(["a"])")) ==
        "`d.json`: `/fields/4/values`: belongs to type `enum` only");
  CHECK(why_with("/fields/4/values", Json::array()) == "`d.json`: `/fields/4/values`: belongs to type `enum` only");
  CHECK(why_with("/fields/0/values", Json::parse(R"(["a", "b", "a"])")) ==
        "`d.json`: `/fields/0/values`: element 2 stands there twice");
  CHECK(why_with("/fields/5/key/type", "enum") ==
        "`d.json`: `/fields/5/key/values`: must name the values of the `enum`");
}

TEST_CASE("what needs a type is refused without one") {
  CHECK(why_with("/fields/5/class", "usage") == "`d.json`: `/fields/5/class`: needs a `type`");
  CHECK(why_with("/fields/5/sum_of", "/props/total") == "`d.json`: `/fields/5/sum_of`: needs a `type`");
  CHECK(why_with("/fields/5/delta_of", "/props/total") == "`d.json`: `/fields/5/delta_of`: needs a `type`");
}

TEST_CASE("a key is declared for a final wildcard, and as a string") {
  CHECK(why_with("/fields/4/key", Json::parse(R"({"type": "text", "class": "content"})")) ==
        "`d.json`: `/fields/4/key`: needs a path that ends in `*`");
  CHECK(why_with("/fields/6/key", Json::parse(R"({"type": "text", "class": "content"})")) ==
        "`d.json`: `/fields/6/key`: needs a path that ends in `*`");
  for (const std::string type : {"count", "integer", "number", "boolean"}) {
    CAPTURE(type);
    CHECK(why_with("/fields/5/key/type", type) ==
          "`d.json`: `/fields/5/key/type`: a key is a string and never a `" + std::string(type) + "`");
  }
}

TEST_CASE("related fields are declared and numeric") {
  CHECK(why_with("/fields/4/sum_of", "/props/teams/2/n") ==
        "`d.json`: `/fields/4/sum_of`: `/props/teams/2/n` is not declared");
  CHECK(why_with("/fields/4/delta_of", "/nowhere") == "`d.json`: `/fields/4/delta_of`: `/nowhere` is not declared");
  CHECK(why_with("/fields/4/sum_of", "/props/total") == "`d.json`: `/fields/4/sum_of`: names the field itself");
  const std::string numeric = "both fields must be of type `count`, `integer` or `number` and no other";
  CHECK(why_with("/fields/4/sum_of", "/event") == "`d.json`: `/fields/4/sum_of`: " + numeric);
  CHECK(why_with("/fields/4/sum_of", "/props/teams/*") == "`d.json`: `/fields/4/sum_of`: " + numeric);
  CHECK(why_with("/fields/1/delta_of", "/props/total") == "`d.json`: `/fields/1/delta_of`: " + numeric);
  CHECK(why_with("/fields/6/type", Json::parse(R"(["count", "empty"])")) == "`d.json`: `/fields/4/sum_of`: " + numeric);
}

TEST_CASE("the event's declaration and the list of events are the same set") {
  CHECK(why_with("/events", Json::parse(R"(["b", "a"])")) == "accepted");
  const std::string differ = "`d.json`: `/events`: must be the values of `/event`, which must be an `enum` alone";
  CHECK(why_with("/events", Json::parse(R"(["a"])")) == differ);
  CHECK(why_with("/events", Json::parse(R"(["a", "b", "c"])")) == differ);
  CHECK(why_with("/fields/0/type", Json::parse(R"(["enum", "text"])")) == differ);
  CHECK(why_with("/roles/event", "/from") ==
        "`d.json`: `/events`: must be the values of `/from`, which must be an `enum` alone");
  CHECK(why_with("/events", Json::array()) == "`d.json`: `/events`: is an empty list");
  CHECK(why_with("/roles/event", "/nowhere") == "`d.json`: `/roles/event`: `/nowhere` is not declared");
  CHECK(why_with("/roles/event", "/props/tags/*") ==
        "`d.json`: `/roles/event`: `/props/tags/*` has a `*` and may stand for many");
}

TEST_CASE("a period is two declared times, and its interval days or weeks") {
  CHECK(why_with("/roles/period_start", "/event") ==
        "`d.json`: `/roles/period_start`: `/event` must be declared as a `time` alone");
  CHECK(why_with("/roles/period_end", "/nowhere") == "`d.json`: `/roles/period_end`: `/nowhere` is not declared");
  CHECK(why_with("/fields/2/type", Json::parse(R"(["time", "empty"])")) ==
        "`d.json`: `/roles/period_end`: `/to` must be declared as a `time` alone");
  CHECK(why_without("/roles", "period_end") ==
        "`d.json`: `/roles`: names one of `period_start` and `period_end` without the other");
  CHECK(why([](Json& json) {
          json["roles"] = {{"event", "/event"}, {"every", "P7D"}};
        }) == "`d.json`: `/roles/every`: needs `period_start` and `period_end`");
  for (const std::string good : {"P1D", "P7D", "P1W", "P999D"}) CHECK(why_with("/roles/every", good) == "accepted");
  for (const std::string bad :
       {"P0D", "P07D", "P1000D", "7D", "P7", "PD", "P1M", "P1Y", "PT1H", "P-1D", "P1.5D", "p7d", "P7D "}) {
    CAPTURE(bad);
    CHECK(why_with("/roles/every", bad) ==
          "`d.json`: `/roles/every`: must be 1 to 999 days or weeks, such as `P7D` or `P1W`");
  }
}

TEST_CASE("twins stand under an object whose members are all literal") {
  CHECK(why_with("/twins/under", "/nowhere") ==
        "`d.json`: `/twins/under`: `/nowhere` is not an object with declared members");
  CHECK(why_with("/twins/under", "/event") ==
        "`d.json`: `/twins/under`: `/event` is not an object with declared members");
  CHECK(why_with("/twins/under", "/props/tags") ==
        "`d.json`: `/twins/under`: `/props/tags` is not an object with declared members");
  CHECK(why_with("/twins/under", "/props/words") == "`d.json`: `/twins/under`: `/props/words` has a `*` for members");
  CHECK(why_with("/twins/under", "/props/teams/*") == "`d.json`: `/twins/under`: `/props/teams/*` has a `*`");
  CHECK(why_with("/twins/under", "props") == "`d.json`: `/twins/under`: `props` must begin with `/`");
  CHECK(why_with("/twins/separator", "") == "`d.json`: `/twins/separator`: must have 1 to 8 bytes");
  CHECK(why_with("/twins/separator", "123456789") == "`d.json`: `/twins/separator`: must have 1 to 8 bytes");
  CHECK(why_with("/twins/separator", "\n") == "`d.json`: `/twins/separator`: has control characters");
}

TEST_CASE("a dictionary keeps to its limits") {
  const auto add_fields = [](std::size_t total) {
    return why([&](Json& json) {
      while (json["fields"].size() < total) {
        const std::string path = "/more/" + std::to_string(json["fields"].size());
        json["fields"].push_back({{"path", path}, {"type", "count"}, {"class", "usage"}});
      }
    });
  };
  CHECK(add_fields(fields_limit) == "accepted");
  CHECK(add_fields(fields_limit + 1) == "`d.json`: `/fields`: has more than 4096 elements");
  const auto set_values = [](std::size_t count) {
    return why([&](Json& json) {
      Json values = Json::array();
      while (values.size() < count) values.push_back("v" + std::to_string(values.size()));
      json["fields"].push_back({{"path", "/more"}, {"type", "enum"}, {"values", values}, {"class", "usage"}});
    });
  };
  CHECK(set_values(values_limit) == "accepted");
  CHECK(set_values(values_limit + 1) == "`d.json`: `/fields/14/values`: has more than 256 elements");
  const auto set_events = [](std::size_t count) {
    return why([&](Json& json) {
      Json events = Json::array();
      while (events.size() < count) events.push_back("e" + std::to_string(events.size()));
      json["events"] = events;
      json["fields"][0]["values"] = events;
    });
  };
  CHECK(set_events(events_limit) == "accepted");
  CHECK(set_events(events_limit + 1) == "`d.json`: `/events`: has more than 64 elements");
  CHECK(why_with("/fields", Json::array()) == "`d.json`: `/fields`: is an empty list");
  const std::string long_text(1025, 'a');
  CHECK(why_with("/fields/4/about", long_text) == "`d.json`: `/fields/4/about`: must have 1 to 1024 bytes");
  const auto huge = Dictionary::parse(std::string(dictionary_bytes_limit + 1, ' '), "d.json");
  REQUIRE_FALSE(huge);
  CHECK(huge.error().message == "`d.json`: is larger than 1048576 bytes");
}
