#include "dictionary/source.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Code;
using airlock::core::Json;

namespace {

const Json event_field = {{"path", "/event"}, {"type", "enum"}, {"values", {"weekly"}}, {"class", "usage"}};

/// The file with roles, with these fields behind that of the event.
Json main_file(const std::vector<Json>& fields) {
  Json out = {{"format", "airlock-dictionary/1"}, {"name", "shop-usage"}, {"product", "shop"},
              {"roles", {{"event", "/event"}}},   {"events", {"weekly"}}, {"fields", {event_field}}};
  for (const Json& field : fields) out["fields"].push_back(field);
  return out;
}

Json further_file(const Json& members) {
  Json out = {{"format", "airlock-dictionary/1"}};
  out.update(members);
  return out;
}

airlock::core::Result<Expanded> expanded(const Json& first, const Json& second = nullptr) {
  std::vector<SourceFile> files{{"a.json", first.dump()}};
  if (!second.is_null()) files.push_back({"b.json", second.dump()});
  return expand(files);
}

/// The declarations behind that of the event, in the flat document.
Json flat(const Json& first, const Json& second = nullptr) {
  const auto source = expanded(first, second);
  REQUIRE_MESSAGE(source, source.error().message);
  Json out = Json::parse(source->text)["fields"];
  out.erase(out.begin());
  return out;
}

std::string error(const Json& first, const Json& second = nullptr) {
  const auto source = expanded(first, second);
  REQUIRE(!source);
  CHECK(source.error().code == Code::bad_input);
  return source.error().message;
}

Json with(Json file, const char* member, const Json& value) {
  file[member] = value;
  return file;
}

const Json figure = {{"path", "/orders"}, {"type", "count"}, {"class", "usage"}};
const Json count_usage = {{"type", "count"}, {"class", "usage"}, {"purpose", "billing"}};

}  // namespace

TEST_CASE("a flat file stays as it is, byte for byte") {
  const std::string text(test::example());
  const auto source = expand({SourceFile{"a.json", text}});
  REQUIRE(source);
  CHECK(source->text == text);
  CHECK(source->marks.empty());
  CHECK(expand({SourceFile{"a.json", "{"}}).error().message == Dictionary::parse("{", "a.json").error().message);
  CHECK(expand({SourceFile{"a.json", "[]"}}).error().message == "`a.json`: must be an object");
}

TEST_CASE("a flat file of format 1 with words of format 2 is written anew, as one of format 2") {
  Json nullable = figure;
  nullable["nullable"] = true;
  const auto source = expanded(main_file({nullable}));
  REQUIRE_MESSAGE(source, source.error().message);
  CHECK(source->text == R"({
  "format": "airlock-dictionary/2",
  "name": "shop-usage",
  "product": "shop",
  "roles": {"event":"/event"},
  "events": ["weekly"],
  "fields": [
    {"path":"/event","type":"enum","values":["weekly"],"class":"usage"},
    {"path":"/orders","type":"count","class":"usage","nullable":true}
  ]
}
)");
}

TEST_CASE("the written document is of the first format unless a word needs the second") {
  const auto format = [](const Json& file) { return Json::parse(expanded(file)->text)["format"].get<std::string>(); };
  const Json plain = with(main_file({figure}), "defaults", {{"class", "usage"}});
  CHECK(format(plain) == "airlock-dictionary/1");
  CHECK(format(with(plain, "format", "airlock-dictionary/2")) == "airlock-dictionary/1");
  CHECK(format(with(plain, "sentinels", {-1})) == "airlock-dictionary/2");
  CHECK(format(with(plain, "defaults", {{"nullable", true}})) == "airlock-dictionary/2");
}

TEST_CASE("defaults give what a declaration does not say") {
  const Json file =
      with(main_file({{{"path", "/orders"}}, {{"path", "/n"}, {"purpose", "none"}, {"class", "content"}}}), "defaults",
           count_usage);
  CHECK(flat(file) == Json::parse(R"([
    {"path": "/orders", "type": "count", "class": "usage", "purpose": "billing"},
    {"path": "/n", "type": "count", "class": "content", "purpose": "none"}])"));
}

TEST_CASE("a declaration with a type of its own does not get the class of another type") {
  const Json text = {{"path", "/name"}, {"type", "text"}};
  CHECK(error(with(main_file({text}), "defaults", count_usage)) == "`a.json`: `/fields/1/class`: is missing");
  CHECK(flat(with(main_file({text}), "defaults", {{"class", "content"}}))[0]["class"] == "content");
}

TEST_CASE("of defaults for several paths the longest applies, member by member") {
  const Json defaults = {{{"under", "/site"}, {"type", "text"}, {"class", "identifier"}}, count_usage};
  const Json file = with(main_file({{{"path", "/site/name"}}, {{"path", "/sites"}}}), "defaults", defaults);
  CHECK(flat(file) == Json::parse(R"([
    {"path": "/site/name", "type": "text", "class": "identifier", "purpose": "billing"},
    {"path": "/sites", "type": "count", "class": "usage", "purpose": "billing"}])"));
  CHECK(error(with(file, "defaults", {{{"under", "site"}, {"type", "text"}}})) ==
        "`a.json`: `/defaults/0/under`: must begin with `/`");
  CHECK(error(with(file, "defaults", {count_usage, count_usage})) ==
        "`a.json`: `/defaults/1`: is for the same paths as defaults before it");
  CHECK(error(with(file, "defaults", Json::object())) ==
        "`a.json`: `/defaults`: says none of `type`, `class`, `purpose` and `nullable`");
  CHECK(error(with(file, "defaults", {{"about", "x"}, {"type", "text"}})) ==
        "`a.json`: `/defaults/about`: is not a known member");
}

TEST_CASE("keys get a default type only where no declared path goes on") {
  const Json key = {{"type", "text"}, {"class", "identifier"}};
  const Json file = with(
      main_file(
          {{{"path", "/teams/*"}, {"key", key}}, {{"path", "/teams/*/orders"}}, {{"path", "/by/*"}, {"key", key}}}),
      "defaults", count_usage);
  const Json fields = flat(file);
  CHECK(!fields[0].contains("type"));
  CHECK(fields[0]["purpose"] == "billing");
  CHECK(fields[2]["type"] == "count");
}

TEST_CASE("a shape stands at each path that uses it, with the defaults of its own file") {
  const Json shapes = {{"figures", {{{"path", "/orders"}}, {{"path", "/new"}, {"delta_of", "/orders"}}}}};
  const Json key = {{"type", "uuid"}, {"class", "identifier"}};
  const Json uses = {{{"path", ""}, {"shape", "figures"}, {"sum_of", "/teams/*"}},
                     {{"path", "/teams/*"}, {"shape", "figures"}, {"key", key}, {"about", "one entry a team"}}};
  const Json fields = flat(main_file(uses), further_file({{"shapes", shapes}, {"defaults", count_usage}}));
  CHECK(fields == Json::parse(R"([
    {"path": "/orders", "type": "count", "class": "usage", "purpose": "billing", "sum_of": "/teams/*/orders"},
    {"path": "/new", "type": "count", "class": "usage", "purpose": "billing", "sum_of": "/teams/*/new", "delta_of": "/orders"},
    {"path": "/teams/*", "key": {"type": "uuid", "class": "identifier"}, "about": "one entry a team"},
    {"path": "/teams/*/orders", "type": "count", "class": "usage", "purpose": "billing"},
    {"path": "/teams/*/new", "type": "count", "class": "usage", "purpose": "billing", "delta_of": "/teams/*/orders"}])"));
}

TEST_CASE("only figures of a shape are sums") {
  const Json shapes = {{"s", {figure, {{"path", "/on"}, {"type", "boolean"}, {"class", "usage"}}}}};
  const Json uses = {{{"path", ""}, {"shape", "s"}, {"sum_of", "/all"}}, {{"path", "/all"}, {"shape", "s"}}};
  const Json fields = flat(with(main_file(uses), "shapes", shapes));
  CHECK(fields[0]["sum_of"] == "/all/orders");
  CHECK(!fields[1].contains("sum_of"));
}

TEST_CASE("shapes may use shapes, but not in a circle, and not too deeply") {
  const auto use = [](const std::string& path, const std::string& shape) {
    return Json{{"path", path}, {"shape", shape}};
  };
  const Json shapes = {{"inner", {figure}}, {"outer", {use("/x", "inner"), use("/y", "inner")}}};
  const Json file = with(main_file({use("/a", "outer")}), "shapes", shapes);
  CHECK(flat(file)[1]["path"] == "/a/y/orders");

  CHECK(error(with(file, "shapes", {{"inner", {use("/z", "outer")}}, {"outer", {use("/x", "inner")}}})) ==
        "`a.json`: `/shapes/inner/0/shape`: is a circle: outer > inner > outer");
  Json deep = {{"outer", {use("/0", "s1")}}};
  for (int i = 1; i <= 8; ++i) deep["s" + std::to_string(i)] = {use("/x", "s" + std::to_string(i + 1))};
  deep["s9"] = {figure};
  CHECK(error(with(file, "shapes", deep)) ==
        "`a.json`: `/shapes/s7/0/shape`: is more than 8 shapes within one another");
}

TEST_CASE("what a use of a shape may say") {
  const auto file = [](const Json& use) { return with(main_file({use}), "shapes", {{"team", {figure}}}); };
  CHECK(error(file({{"path", "/t"}, {"shape", "taem"}})) ==
        "`a.json`: `/fields/1/shape`: `taem` is in no file's `shapes`; is `team` meant?");
  CHECK(error(file({{"path", "t"}, {"shape", "team"}})) ==
        "`a.json`: `/fields/1/path`: must be empty, or begin with `/`");
  CHECK(error(file({{"path", "/t"}, {"shape", "team"}, {"type", "count"}})) ==
        "`a.json`: `/fields/1/type`: is not a known member");
  CHECK(error(file({{"path", "/t"}, {"shape", "team"}, {"about", "x"}})) ==
        "`a.json`: `/fields/1/about`: needs a `key`; the declarations of the shape have their own");
  CHECK(error(file(figure)) == "`a.json`: `/shapes/team`: nothing uses this shape");
  CHECK(error(with(main_file({{{"path", "/t"}, {"shape", "x"}}}), "shapes", {{"x", {{{"path", "y"}}}}})) ==
        "`a.json`: `/shapes/x/0/path`: must begin with `/`");
}

TEST_CASE("a mistake is named where somebody wrote it") {
  const Json key = {{"type", "text"}, {"class", "identifier"}};
  const Json use = {{"path", "/teams/*"}, {"shape", "team"}, {"key", key}};
  const Json shapes = {{"shapes", {{"team", {figure, {{"path", "/x"}, {"type", "cuont"}, {"class", "usage"}}}}}}};
  CHECK(error(main_file({use}), further_file(shapes)) == "`b.json`: `/shapes/team/1/type`: `cuont` is not a type");
  CHECK(error(main_file({figure}), further_file({{"fields", {figure}}})) ==
        "`b.json`: `/fields/0/path`: `/orders` is declared already by `/fields/1` of `a.json`");
  const Json longer = {{"path", "/orders/all"}, {"type", "count"}, {"class", "usage"}, {"sum_of", "/none"}};
  CHECK(error(main_file({}), further_file({{"fields", {longer}}})) ==
        "`b.json`: `/fields/0/sum_of`: `/none` is not declared");
}

TEST_CASE("one file of several has the roles") {
  const Json fields = {{"fields", {figure}}};
  CHECK(expanded(further_file(fields), main_file({}))->dictionary.fields().size() == 2);
  CHECK(error(main_file({figure}), main_file({figure})) == "`b.json`: `/roles`: `a.json` has `roles` already");
  CHECK(error(further_file(fields), further_file(fields)) == "none of the 2 dictionary files has `roles`");
  CHECK(error(further_file(with(fields, "product", "shop")), main_file({})) ==
        "`a.json`: `/product`: belongs in `b.json`, the file with `roles`");
  const Json shapes = {{"shapes", {{"team", {figure}}}}};
  Json both = main_file({});
  both.update(shapes);
  CHECK(error(both, further_file(shapes)) == "`b.json`: `/shapes/team`: is in `a.json` already");
}

TEST_CASE("shapes do not expand beyond the limit of declarations") {
  Json shapes = {{"s0", Json::array()}};
  for (int i = 0; i < 200; ++i)
    shapes["s0"].push_back({{"path", "/f" + std::to_string(i)}, {"type", "count"}, {"class", "usage"}});
  shapes["s1"] = Json::array();
  for (int i = 0; i < 100; ++i) shapes["s1"].push_back({{"path", "/g" + std::to_string(i)}, {"shape", "s0"}});
  CHECK(error(with(main_file({{{"path", "/all"}, {"shape", "s1"}}}), "shapes", shapes)) ==
        "`a.json`: `/shapes/s0/183`: is more than 16384 declarations, with shapes expanded");
}

TEST_CASE("what a person has yet to judge is counted once, wherever its shape is used") {
  Json marked = figure;
  marked["review"] = "is it a figure?";
  const Json key = {{"type", "text"}, {"class", "identifier"}, {"review", "whose name?"}};
  const Json uses = {{{"path", "/a"}, {"shape", "s"}}, {{"path", "/b/*"}, {"shape", "s"}, {"key", key}}};
  const auto source = expanded(with(main_file(uses), "shapes", {{"s", {marked}}}));
  REQUIRE_MESSAGE(source, source.error().message);
  REQUIRE(source->marks.size() == 2);
  CHECK(source->marks[0].path == "/a/orders");
  CHECK(source->marks[0].text == "is it a figure?");
  CHECK(source->marks[1].path == "/b/* (the key)");
  CHECK(expanded(main_file({marked}))->marks.size() == 1);
}
