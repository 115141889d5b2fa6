#include "dictionary/dictionary.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Code;
using airlock::core::Json;

namespace {

/// What parsing says of a document.
std::string verdict(const Json& json) {
  const auto parsed = Dictionary::parse(json.dump(), "d.json");
  if (parsed) return "accepted";
  CHECK(parsed.error().code == Code::bad_input);
  return parsed.error().message;
}

/// One edit of the example, and what parsing then says, behind "`d.json`: ". The last step of `place` may be `-`,
/// behind the end of a list. Without a value the member is taken out.
struct Edit {
  std::string place;
  std::string value;
  std::string message;
};

constexpr const char* taken_out = "";

void check(std::initializer_list<Edit> edits) {
  for (const Edit& edit : edits) {
    Json json = Json::parse(test::example());
    if (edit.value == taken_out) {
      const auto last = edit.place.rfind('/');
      json[Json::json_pointer(edit.place.substr(0, last))].erase(edit.place.substr(last + 1));
    } else {
      json[Json::json_pointer(edit.place)] = Json::parse(edit.value);
    }
    CAPTURE(edit.place);
    CAPTURE(edit.value);
    CHECK(verdict(json) == (edit.message == "accepted" ? "" : "`d.json`: ") + edit.message);
  }
}

/// One more declaration of a path, of type `count`.
Edit path(const std::string& text, const std::string& message) {
  const Json field = {{"path", text}, {"type", "count"}, {"class", "usage"}};
  return {"/fields/-", field.dump(), message};
}

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

/// The example with a list of `count` generated elements at `place`.
template <typename Element>
Json with_list(const char* place, std::size_t count, Element element) {
  Json json = Json::parse(test::example());
  Json& list = json[Json::json_pointer(place)];
  while (list.size() < count) list.push_back(element(list.size()));
  return json;
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
  number.kind = airlock::report::TokenKind::number;
  CHECK(classifier.place(number).status == TokenStatus::undeclared);
  CHECK(moved.find("/event") == 0);
}

TEST_CASE("twins, period and most of a declaration may be left out") {
  check({{"/twins", taken_out, "accepted"},
         {"/roles", R"({"event": "/event"})", "accepted"},
         {"/roles/every", taken_out, "accepted"},
         {"/fields/-", R"({"path": "/x", "type": ["url", "enum"], "values": ["unknown"], "class": "identifier"})",
          "accepted"}});
}

TEST_CASE("what must be there is missed by name") {
  for (const std::string member :
       {"/format", "/name", "/product", "/roles", "/events", "/fields", "/roles/event", "/twins/under",
        "/twins/separator", "/fields/0/path", "/fields/0/class", "/fields/5/key/class", "/fields/5/key/type"}) {
    check({{member, taken_out, "`" + member + "`: is missing"}});
  }
  check({{"/fields/5/key", taken_out, "`/fields/5`: has neither a `type` nor a `key`"}});
}

TEST_CASE("a member that nobody knows is refused at every level") {
  for (const std::string member : {"/x", "/roles/x", "/twins/x", "/fields/4/x", "/fields/5/key/x"}) {
    check({{member, "1", "`" + member + "`: is not a known member"}});
  }
}

TEST_CASE("another format, and what is no document at all, is refused") {
  check({{"/format", R"("airlock-dictionary/3")", "`/format`: is `airlock-dictionary/3`, which needs a newer Airlock"},
         {"/fields/5/key/type", R"([[["text"]]])", "is nested deeper than 6"}});
  for (const std::string text :
       {"", "[]", "null", "{", R"({"format":"airlock-dictionary/1","format":"airlock-dictionary/1"})"}) {
    CAPTURE(text);
    const auto parsed = Dictionary::parse(text, "d.json");
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().code == Code::bad_input);
  }
}

TEST_CASE("names are plain") {
  const std::string why =
      "must have lower-case letters, digits, `.`, `_` and `-` only, and begin with a letter or a digit";
  for (const std::string bad : {"Upper", "-a", "a b", "a/b", "ä"}) {
    check({{"/name", quoted(bad), "`/name`: " + why}, {"/product", quoted(bad), "`/product`: " + why}});
  }
  check({{"/name", quoted(std::string(65, 'a')), "`/name`: must have 1 to 64 bytes"},
         {"/product", quoted("0a.b_c-d"), "accepted"}});
}

TEST_CASE("a path is a JSON Pointer with whole wildcards") {
  const std::string at = "`/fields/14/path`: ";
  std::string deep;
  for (std::size_t i = 0; i < steps_limit; ++i) deep += "/x";
  check({path("/new/~0~1~2", "accepted"), path("event", at + "`event` must begin with `/`"),
         path("/", at + "`/` has an empty step"), path("/a//b", at + "`/a//b` has an empty step"),
         path("/a/", at + "`/a/` has an empty step"), path(deep, "accepted"),
         path(deep + "/x", at + "`" + deep + "/x` has more than 32 steps")});
  for (const std::string bad : {"**", "a**", "a~*", "~", "~3", "a~"}) {
    check({path("/x/" + bad,
                at + "`/x/" + bad + "` has the step `" + bad + "`; write `~2` for a literal `*`, `~0` for `~`")});
  }
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
  check({path("/event", "`/fields/14/path`: `/event` is declared already by `/fields/0`"),
         {"/fields/-", R"({"path": "/props/tags/*", "key": {"type": "text", "class": "content"}})",
          "`/fields/14/path`: `/props/tags/*` is declared already by `/fields/11`"}});
}

TEST_CASE("a value may be declared where other paths lead on") {
  check({path("/props", "accepted"), path("/from/x", "accepted"), path("/props/words/*/x", "accepted"),
         path("/props/tags/*/x", "accepted")});
}

TEST_CASE("keys alone declare nothing") {
  check({{"/fields/-", R"({"path": "/more/*", "key": {"type": "text", "class": "content"}})",
          "`/fields/14`: `/more/*` has no `type`, and no other declared path goes on from it"}});
}

TEST_CASE("a container holds members or elements, not both") {
  check({path("/props/tags/first",
              "`/fields/11/path`: `/props/tags/*` is beside literal members; a `*` for members needs a `key`"),
         path("/props/*/deep",
              "`/fields/4/path`: `/props/total` is beside a `*` for elements; a `*` for members needs a `key`")});
}

TEST_CASE("types, classes and purposes are known ones") {
  const std::string element = "must be a printable string of 1 to 1024 bytes";
  check(
      {{"/fields/4/type", R"("int")", "`/fields/4/type`: `int` is not a type"},
       {"/fields/4/type", "[]", "`/fields/4/type`: is an empty list"},
       {"/fields/4/type", R"(["count", "count"])", "`/fields/4/type`: element 1 occurs twice"},
       {"/fields/4/type", R"(["count", 7])", "`/fields/4/type`: element 1 " + element},
       {"/fields/4/type", "7", "`/fields/4/type`: must be a string"},
       {"/fields/4/class", R"("Usage")", "`/fields/4/class`: `Usage` is not a class"},
       {"/fields/5/key/class", R"("x")", "`/fields/5/key/class`: `x` is not a class"},
       {"/fields/4/purpose", R"("fun")",
        "`/fields/4/purpose`: is `fun`, not one of `billing`, `licensing`, `product-analytics`, `support`, `routing`, "
        "`none`"}});
}

TEST_CASE("values go with enum, always and only") {
  const std::string missing = "`/fields/0/values`: must name the values of the `enum`";
  const std::string idle = "`/fields/4/values`: belongs to type `enum` only";
  check({{"/fields/0/values", taken_out, missing},
         {"/fields/0/values", "[]", missing},
         {"/fields/4/values", R"(["a"])", idle},
         {"/fields/4/values", "[]", idle},
         {"/fields/0/values", R"(["a", "b", "a"])", "`/fields/0/values`: element 2 occurs twice"},
         {"/fields/5/key/type", R"("enum")", "`/fields/5/key/values`: must name the values of the `enum`"}});
}

TEST_CASE("what needs a type is refused without one") {
  check({{"/fields/5/class", R"("usage")", "`/fields/5/class`: needs a `type`"},
         {"/fields/5/sum_of", R"("/props/total")", "`/fields/5/sum_of`: needs a `type`"},
         {"/fields/5/delta_of", R"("/props/total")", "`/fields/5/delta_of`: needs a `type`"}});
}

TEST_CASE("a key is declared for a final wildcard, and as a string") {
  const std::string key = R"({"type": "text", "class": "content"})";
  check({{"/fields/4/key", key, "`/fields/4/key`: needs a path that ends in `*`"},
         {"/fields/6/key", key, "`/fields/6/key`: needs a path that ends in `*`"}});
  for (const std::string type : {"count", "integer", "number", "boolean"}) {
    check({{"/fields/5/key/type", quoted(type), "`/fields/5/key/type`: a key is a string and never a `" + type + "`"}});
  }
}

TEST_CASE("related fields are declared and numeric") {
  const std::string numeric = "both fields must have only the types `count`, `integer` or `number`";
  check({{"/fields/4/sum_of", R"("/props/teams/2/n")", "`/fields/4/sum_of`: `/props/teams/2/n` is not declared"},
         {"/fields/4/delta_of", R"("/nowhere")", "`/fields/4/delta_of`: `/nowhere` is not declared"},
         {"/fields/4/sum_of", R"("/props/total")", "`/fields/4/sum_of`: names the field itself"},
         {"/fields/4/delta_of", R"("/props/words/*")", "accepted"},
         {"/fields/4/sum_of", R"("/event")", "`/fields/4/sum_of`: " + numeric},
         {"/fields/4/sum_of", R"("/props/teams/*")", "`/fields/4/sum_of`: " + numeric},
         {"/fields/1/delta_of", R"("/props/total")", "`/fields/1/delta_of`: " + numeric},
         {"/fields/6/type", R"(["count", "empty"])", "`/fields/4/sum_of`: " + numeric}});
}

TEST_CASE("the event's declaration and the list of events are the same set") {
  const std::string differ = "`/events`: must be the values of `/event`, which must have the type `enum` only";
  check(
      {{"/events", R"(["b", "a"])", "accepted"},
       {"/events", R"(["a"])", differ},
       {"/events", R"(["a", "b", "c"])", differ},
       {"/fields/0/type", R"(["enum", "text"])", differ},
       {"/roles/event", R"("/from")", "`/events`: must be the values of `/from`, which must have the type `enum` only"},
       {"/events", "[]", "`/events`: is an empty list"},
       {"/roles/event", R"("/nowhere")", "`/roles/event`: `/nowhere` is not declared"},
       {"/roles/event", R"("/props/tags/*")", "`/roles/event`: `/props/tags/*` has a `*`, so it may be many values"}});
}

TEST_CASE("a period is two declared times, and its interval days or weeks") {
  check({{"/roles/period_start", R"("/event")",
          "`/roles/period_start`: `/event` must have one type only: `time`, `date`, `epoch` or `epoch_ms`"},
         {"/roles/period_end", R"("/nowhere")", "`/roles/period_end`: `/nowhere` is not declared"},
         {"/fields/2/type", R"(["time", "empty"])",
          "`/roles/period_end`: `/to` must have one type only: `time`, `date`, `epoch` or `epoch_ms`"},
         {"/roles/period_end", taken_out, "`/roles`: must name both `period_start` and `period_end`, or neither"},
         {"/roles", R"({"event": "/event", "every": "P7D"})",
          "`/roles/every`: needs `period_start` and `period_end`, or `at`"}});
  for (const std::string good : {"P1D", "P7D", "P1W", "P999D"}) check({{"/roles/every", quoted(good), "accepted"}});
  for (const std::string bad :
       {"P0D", "P07D", "P1000D", "7D", "P7", "PD", "P1M", "P1Y", "PT1H", "P-1D", "P1.5D", "p7d", "P7D "}) {
    check({{"/roles/every", quoted(bad), "`/roles/every`: must be 1 to 999 days or weeks, such as `P7D` or `P1W`"}});
  }
}

TEST_CASE("twins stand under an object whose members are all literal") {
  for (const std::string bad : {"/nowhere", "/event", "/props/tags"}) {
    check({{"/twins/under", quoted(bad), "`/twins/under`: `" + bad + "` is not an object with declared members"}});
  }
  check({{"/twins/under", R"("/props/words")", "`/twins/under`: `/props/words` has a `*` for members"},
         {"/twins/under", R"("/props/teams/*")", "`/twins/under`: `/props/teams/*` has a `*`"},
         {"/twins/under", R"("props")", "`/twins/under`: `props` must begin with `/`"},
         {"/twins/separator", R"("")", "`/twins/separator`: must have 1 to 8 bytes"},
         {"/twins/separator", R"("123456789")", "`/twins/separator`: must have 1 to 8 bytes"},
         {"/twins/separator", R"("\n")", "`/twins/separator`: has control characters"}});
}

TEST_CASE("a dictionary keeps to its limits") {
  const auto field = [](std::size_t i) {
    return Json{{"path", "/more/" + std::to_string(i)}, {"type", "count"}, {"class", "usage"}};
  };
  CHECK(verdict(with_list("/fields", fields_limit, field)) == "accepted");
  CHECK(verdict(with_list("/fields", fields_limit + 1, field)) == "`d.json`: `/fields`: has more than 16384 elements");

  const auto text = [](std::size_t i) { return Json("t" + std::to_string(i)); };
  const auto with_events = [&](std::size_t count) {
    Json json = with_list("/events", count, text);
    json["fields"][0]["values"] = json["events"];
    return json;
  };
  CHECK(verdict(with_events(events_limit)) == "accepted");
  CHECK(verdict(with_events(events_limit + 1)) == "`d.json`: `/events`: has more than 64 elements");

  const auto with_values = [&](std::size_t count) {
    Json json = with_list("/fields/4/values", count, text);
    json["fields"][4]["type"] = "enum";
    json["fields"][4].erase("sum_of");
    return json;
  };
  CHECK(verdict(with_values(values_limit)) == "accepted");
  CHECK(verdict(with_values(values_limit + 1)) == "`d.json`: `/fields/4/values`: has more than 4096 elements");

  check({{"/fields", "[]", "`/fields`: is an empty list"},
         {"/fields/4/about", quoted(std::string(1025, 'a')), "`/fields/4/about`: must have 1 to 1024 bytes"}});
  const auto huge = Dictionary::parse(std::string(dictionary_bytes_limit + 1, ' '), "d.json");
  REQUIRE_FALSE(huge);
  CHECK(huge.error().message == "`d.json`: is larger than 4194304 bytes");
}
