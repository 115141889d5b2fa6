#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;
using airlock::report::TokenKind;
using test::example_dictionary;

namespace {

/// TokenStatus of key and value at `path` in a report of the example dictionary.
std::string told(std::string_view report, std::string_view path) {
  return test::told(example_dictionary(), report, path);
}

std::map<std::string, int> standings(std::string_view report) { return test::standings(example_dictionary(), report); }

using Standings = std::map<std::string, int>;

}  // namespace

TEST_CASE("a declared value of its type is declared, and its literal key is structure") {
  CHECK(told(R"({"event": "a"})", "/event") == "structure, declared by /event as enum of usage");
  CHECK(told(R"({"from": "2022-04-25T00:00:00+00:00"})", "/from") == "structure, declared by /from as time of time");
  CHECK(told(R"({"props": {"total": 0}})", "/props/total") == "structure, declared by /props/total as count of usage");
}

TEST_CASE("a value of another type is ill-typed, with its field and class") {
  const std::string ill_typed = "structure, ill-typed by /props/total of usage";
  for (const std::string value :
       {"-1", "1e400", "1.5", "\"1\"", "\"ada@example.com\"", "true", "null", "[]", "{}", "[1]"}) {
    CAPTURE(value);
    CHECK(told(R"({"props": {"total": )" + std::string(value) + "}}", "/props/total") == ill_typed);
  }
}

TEST_CASE("all that stands in an ill-typed container is ill-typed, and what follows is not") {
  const std::string report = R"({"props": {"total": {"x": [1, {"teams": {}}], "tags": ["t"]}, "tags": ["t"]}})";
  const std::string ill_typed = "ill-typed by /props/total of usage";
  CHECK(told(report, "/props/total/x") == ill_typed + ", " + ill_typed);
  CHECK(told(report, "/props/total/x/1/teams") == ill_typed + ", " + ill_typed);
  CHECK(told(report, "/props/total/tags/0") == ill_typed);
  CHECK(told(report, "/props/tags/0") == "declared by /props/tags/* as text of content");
}

TEST_CASE("a member that is not declared is undeclared with its key and all in it") {
  const std::string report = R"({"props": {"extra": {"total": 1, "teams": [{"total": 1}]}, "total": 1}})";
  CHECK(told(report, "/props/extra") == "undeclared, undeclared");
  CHECK(told(report, "/props/extra/total") == "undeclared, undeclared");
  CHECK(told(report, "/props/extra/teams/0/total") == "undeclared, undeclared");
  CHECK(told(report, "/props/total") == "structure, declared by /props/total as count of usage");
}

TEST_CASE("an undeclared scalar member settles nothing beyond itself") {
  const std::string report = R"({"x": 1, "event": "a", "y": "s", "props": {"total": 1}})";
  CHECK(standings(report) == Standings{{"declared", 2}, {"undeclared", 4}});
}

TEST_CASE("names of declared members mean nothing elsewhere") {
  CHECK(told(R"({"total": 1})", "/total") == "undeclared, undeclared");
  CHECK(told(R"({"props": {"event": "a"}})", "/props/event") == "undeclared, undeclared");
  CHECK(told(R"({"EVENT": "a"})", "/EVENT") == "undeclared, undeclared");
  CHECK(told(R"({"": "a"})", "/") == "undeclared, undeclared");
  CHECK(told(R"({"/event": "a"})", "/~1event") == "undeclared, undeclared");
  CHECK(told(R"({"props/total": 1})", "/props~1total") == "undeclared, undeclared");
}

TEST_CASE("a proper prefix may hold an object or an array, also an empty one") {
  for (const std::string value : {"{}", "[]"}) {
    CAPTURE(value);
    CHECK(told(R"({"props": )" + std::string(value) + "}", "/props") == "structure, structure");
    CHECK(told(R"({"props": {"teams": )" + std::string(value) + "}}", "/props/teams") == "structure, structure");
    CHECK(told(R"({"props": {"tags": )" + std::string(value) + "}}", "/props/tags") == "structure, structure");
    CHECK(told(R"({"props": {"teams": {"2": )" + std::string(value) + "}}}", "/props/teams/2") ==
          "declared by /props/teams/* as text of identifier, structure");
    CHECK(standings(value).empty());
  }
}

TEST_CASE("a scalar at a proper prefix is undeclared") {
  for (const std::string value : {"1", "\"\"", "\"x\"", "true", "null"}) {
    CAPTURE(value);
    CHECK(told(R"({"props": )" + std::string(value) + "}", "/props") == "structure, undeclared");
    CHECK(told(R"({"props": {"teams": {"2": )" + std::string(value) + "}}}", "/props/teams/2") ==
          "declared by /props/teams/* as text of identifier, undeclared");
    CHECK(told(R"({"props": {"users": [)" + std::string(value) + "]}}", "/props/users/0") == "undeclared");
    CHECK(told(value, "") == "undeclared");
  }
}

TEST_CASE("where a type and members are declared, a scalar must fit and a container is entered") {
  Json json = Json::parse(test::example());
  for (const auto* field : {R"({"path": "/props/teams", "type": "text", "class": "content", "nullable": true})",
                            R"({"path": "/props/tags/*/n", "type": "count", "class": "usage"})",
                            R"({"path": "/props/words/it/x", "type": "count", "class": "usage"})",
                            R"({"path": "/chain/*", "type": "count", "class": "usage"})"}) {
    json["fields"].push_back(Json::parse(field));
  }
  json["format"] = "airlock-dictionary/2";
  const auto dictionary = Dictionary::parse(json.dump(), "d.json").value();
  const auto at = [&](std::string_view report, std::string_view path) { return test::told(dictionary, report, path); };
  const std::string text = "structure, declared by /props/teams as text of content";
  CHECK(at(R"({"props": {"teams": "none"}})", "/props/teams") == text);
  CHECK(at(R"({"props": {"teams": null}})", "/props/teams") ==
        "structure, declared by /props/teams as empty of content");
  CHECK(at(R"({"props": {"teams": 7}})", "/props/teams") == "structure, ill-typed by /props/teams of content");
  CHECK(at(R"({"props": {"teams": {}}})", "/props/teams") == "structure, structure");
  CHECK(at(R"({"props": {"teams": {"2": {"n": 7}}}})", "/props/teams/2/n") ==
        "structure, declared by /props/teams/*/n as count of usage");
  CHECK(at(R"({"props": {"tags": ["a", {"n": 7}, 7]}})", "/props/tags/0") ==
        "declared by /props/tags/* as text of content");
  CHECK(at(R"({"props": {"tags": ["a", {"n": 7}, 7]}})", "/props/tags/1/n") ==
        "structure, declared by /props/tags/*/n as count of usage");
  CHECK(at(R"({"props": {"tags": ["a", {"n": 7}, 7]}})", "/props/tags/2") == "ill-typed by /props/tags/* of content");
  CHECK(at(R"({"props": {"words": {"it": true}}})", "/props/words/it") ==
        "structure, declared by /props/words/it as boolean of deployment");
  CHECK(at(R"({"props": {"words": {"it": {"x": 1, "y": 1}}}})", "/props/words/it/y") == "undeclared, undeclared");
  CHECK(at(R"({"chain": ""})", "/chain") == "structure, declared by /chain as empty of transport");
  for (const auto* empty : {R"({"chain": []})", R"({"chain": {}})"}) {
    CHECK(at(empty, "/chain") == "structure, structure");
  }
  CHECK(at(R"({"chain": [1]})", "/chain/0") == "declared by /chain/* as count of usage");
  // The twin of a container may be an empty one, and here also a text.
  CHECK(at(R"({"props": {"words__it": {}}})", "/props/words__it") == "twin by /props/words/it of deployment, twin");
  CHECK(at(R"({"props": {"words__it": true}})", "/props/words__it") ==
        "twin by /props/words/it of deployment, twin by /props/words/it of deployment");
}

TEST_CASE("elements where no element is declared are undeclared") {
  CHECK(told(R"([{"event": "a"}])", "/0") == "undeclared");
  CHECK(told(R"([{"event": "a"}])", "/0/event") == "undeclared, undeclared");
  CHECK(told(R"({"props": [1, {"total": 1}]})", "/props/0") == "undeclared");
  CHECK(told(R"({"props": [1, {"total": 1}]})", "/props/1/total") == "undeclared, undeclared");
  CHECK(told(R"({"props": {"teams": [{"n": 1}]}})", "/props/teams/0") == "undeclared");
}

TEST_CASE("members where only elements are declared are undeclared") {
  CHECK(told(R"({"props": {"tags": {"0": "t"}}})", "/props/tags/0") == "undeclared, undeclared");
  CHECK(told(R"({"props": {"users": {"*": {"mail": "a@b.c"}}}})", "/props/users/*") == "undeclared, undeclared");
}

TEST_CASE("elements are declared by their wildcard, at every index") {
  const std::string report =
      R"({"props": {"users": [{"mail": "a@example.com"}, {}, {"mail": 7, "name": "x"}], "tags": ["x", "", 1]}})";
  CHECK(told(report, "/props/users/0") == "structure");
  CHECK(told(report, "/props/users/0/mail") == "structure, declared by /props/users/*/mail as email of person");
  CHECK(told(report, "/props/users/1") == "structure");
  CHECK(told(report, "/props/users/2/mail") == "structure, ill-typed by /props/users/*/mail of person");
  CHECK(told(report, "/props/users/2/name") == "undeclared, undeclared");
  CHECK(told(report, "/props/tags/0") == "declared by /props/tags/* as text of content");
  CHECK(told(report, "/props/tags/1") == "ill-typed by /props/tags/* of content");
  CHECK(told(report, "/props/tags/2") == "ill-typed by /props/tags/* of content");
}

TEST_CASE("a wildcard key is declared like a value, with the class of the key") {
  const std::string report = R"({"props": {"words": {"Lead": 33, "": 1}}})";
  CHECK(told(report, "/props/words/Lead") ==
        "declared by /props/words/* as text of content, declared by /props/words/* as count of usage");
  CHECK(told(report, "/props/words/") ==
        "declared by /props/words/* as empty of content, declared by /props/words/* as count of usage");
  for (const auto& at : test::walk(example_dictionary(), report)) {
    CHECK(at.placement.wildcard_key == (at.kind == TokenKind::key && at.path.starts_with("/props/words/")));
  }
}

TEST_CASE("a literal key wins over a wildcard") {
  CHECK(told(R"({"props": {"words": {"it": true}}})", "/props/words/it") ==
        "structure, declared by /props/words/it as boolean of deployment");
  CHECK(told(R"({"props": {"words": {"it": 3}}})", "/props/words/it") ==
        "structure, ill-typed by /props/words/it of deployment");
}

TEST_CASE("an ill-typed wildcard key makes its whole member ill-typed") {
  const std::string report = R"({"props": {"hosts": {"not a host": "192.0.2.1", "h": "192.0.2.1", "-": {"x": 1}}}})";
  CHECK(told(report, "/props/hosts/not a host") ==
        "ill-typed by /props/hosts/* of identifier, ill-typed by /props/hosts/* of location");
  CHECK(told(report, "/props/hosts/h") ==
        "declared by /props/hosts/* as hostname of identifier, declared by /props/hosts/* as ip of location");
  CHECK(told(report, "/props/hosts/-/x") ==
        "ill-typed by /props/hosts/* of location, ill-typed by /props/hosts/* of location");

  const std::string empty = R"({"props": {"teams": {"": {"n": 1}, "2": {"n": 1}}}})";
  CHECK(told(empty, "/props/teams/") ==
        "ill-typed by /props/teams/* of identifier, ill-typed by /props/teams/* of identifier");
  CHECK(told(empty, "/props/teams//n") ==
        "ill-typed by /props/teams/* of identifier, ill-typed by /props/teams/* of identifier");
  CHECK(told(empty, "/props/teams/2/n") == "structure, declared by /props/teams/*/n as count of usage");
}

TEST_CASE("an over-long wildcard key is ill-typed") {
  const auto key = [](std::size_t bytes) {
    Classifier classifier(example_dictionary());
    const std::string text(bytes, 'k');
    const auto place = [&](TokenKind kind, std::string_view token_text, std::size_t depth) {
      airlock::report::Token token;
      token.kind = kind;
      token.text = token_text;
      token.depth = depth;
      return classifier.place(token);
    };
    (void)place(TokenKind::begin_object, "", 0);
    (void)place(TokenKind::key, "props", 1);
    (void)place(TokenKind::begin_object, "", 1);
    (void)place(TokenKind::key, "words", 2);
    (void)place(TokenKind::begin_object, "", 2);
    return place(TokenKind::key, text, 3).status;
  };
  CHECK(key(text_bytes_limit) == TokenStatus::declared);
  CHECK(key(text_bytes_limit + 1) == TokenStatus::ill_typed);
}

TEST_CASE("an empty value of type empty is declared, whatever its kind") {
  for (const std::string value : {"\"\"", "[]", "{}"}) {
    CAPTURE(value);
    CHECK(told(R"({"chain": )" + std::string(value) + "}", "/chain") ==
          "structure, declared by /chain as empty of transport");
  }
  for (const std::string value : {"\"x\"", "0", "null", "false"}) {
    CAPTURE(value);
    CHECK(told(R"({"chain": )" + std::string(value) + "}", "/chain") == "structure, ill-typed by /chain of transport");
  }
}

TEST_CASE("what stands in a container that should be empty is ill-typed") {
  CHECK(told(R"({"chain": [1, [2]]})", "/chain/0") == "ill-typed by /chain of transport");
  CHECK(told(R"({"chain": [1, [2]]})", "/chain/1/0") == "ill-typed by /chain of transport");
  CHECK(told(R"({"chain": {"x": 1}})", "/chain/x") ==
        "ill-typed by /chain of transport, ill-typed by /chain of transport");
  CHECK(told(R"({"chain": {"x": 1}, "event": "a"})", "/event") == "structure, declared by /event as enum of usage");
}

TEST_CASE("both ends of a container are placed alike") {
  const std::string report =
      R"({"props": {"teams": {"2": {"by": {}}}, "total": [[1], {}], "x": {"y": []}, "tags": [], "teams__2": {}}, "chain": {"z": [{}]}})";
  std::vector<Placement> open;
  int pairs = 0;
  for (const auto& at : test::walk(example_dictionary(), report)) {
    if (at.kind == TokenKind::begin_object || at.kind == TokenKind::begin_array) open.push_back(at.placement);
    if (at.kind != TokenKind::end_object && at.kind != TokenKind::end_array) continue;
    CAPTURE(at.path);
    CHECK(at.placement.status == open.back().status);
    CHECK(at.placement.field == open.back().field);
    CHECK(at.placement.cls == open.back().cls);
    CHECK(at.placement.type == open.back().type);
    open.pop_back();
    ++pairs;
  }
  CHECK(pairs == 15);
}

TEST_CASE("the end of the report is structure") {
  const auto all = test::walk(example_dictionary(), "{}");
  REQUIRE(all.size() == 3);
  CHECK(all[2].placement.status == TokenStatus::structure);
}

TEST_CASE("undeclared and ill-typed nesting may be as deep as the scanner lets it be") {
  const std::string deep = std::string(60, '[') + std::string(60, ']');
  CHECK(standings(R"({"x": )" + deep + "}") == Standings{{"undeclared", 61}});
  CHECK(standings(R"({"event": )" + deep + R"(, "props": {"total": 1}})") ==
        Standings{{"ill-typed", 60}, {"declared", 1}});
  CHECK(standings(deep) == Standings{{"undeclared", 59}});
}
