#include <doctest/doctest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "core/json.hpp"
#include "dictionary/classifier.hpp"
#include "walk.hpp"

using namespace airlock::dictionary;
using airlock::core::Json;
using test::example_dictionary;

namespace {

/// TokenStatus of key and value of a member of `/props`, under the example dictionary.
std::string told_of(const std::string& member, const std::string& value) {
  const std::string report = R"({"props": {)" + Json(member).dump() + ": " + value + "}}";
  return test::told(example_dictionary(), report, "/props/" + airlock::core::pointer_step(member));
}

/// A dictionary with twins under `/p`, separated by `separator`, and these fields of type `count`.
Dictionary counts(const std::string& separator, const std::vector<std::string>& paths,
                  const Json& keys = Json::array()) {
  Json json = {
      {"format", "airlock-dictionary/1"}, {"name", "n"},     {"product", "p"},
      {"roles", {{"event", "/event"}}},   {"events", {"e"}}, {"twins", {{"under", "/p"}, {"separator", separator}}}};
  json["fields"].push_back({{"path", "/event"}, {"type", "enum"}, {"values", {"e"}}, {"class", "usage"}});
  for (const auto& path : paths) json["fields"].push_back({{"path", path}, {"type", "count"}, {"class", "usage"}});
  for (const auto& key : keys) json["fields"].push_back(key);
  auto parsed = Dictionary::parse(json.dump(), "d.json");
  REQUIRE_MESSAGE(parsed, parsed.error().message);
  return std::move(*parsed);
}

/// TokenStatus of the value of `/p/<member>`, a count.
std::string status(const Dictionary& dictionary, const std::string& member, const std::string& value = "1") {
  const std::string report = R"({"p": {)" + Json(member).dump() + ": " + value + "}}";
  for (const auto& at : test::walk(dictionary, report)) {
    if (at.path == "/p/" + airlock::core::pointer_step(member) && at.kind != airlock::report::TokenKind::key) {
      return std::string(test::name(at.placement.status));
    }
  }
  return "absent";
}

}  // namespace

TEST_CASE("a flattened name is the twin of the path it copies") {
  CHECK(told_of("teams__2__n", "7") == "twin by /props/teams/*/n of usage, twin by /props/teams/*/n of usage");
  CHECK(told_of("teams__2__by__Lead", "7") ==
        "twin by /props/teams/*/by/* of usage, twin by /props/teams/*/by/* of usage");
  CHECK(told_of("words__Lead", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");
  CHECK(told_of("words__it", "true") == "twin by /props/words/it of deployment, twin by /props/words/it of deployment");
  CHECK(told_of("tags__0", R"("t")") == "twin by /props/tags/* of content, twin by /props/tags/* of content");
  CHECK(told_of("users__12__mail", R"("a@b.c")") ==
        "twin by /props/users/*/mail of person, twin by /props/users/*/mail of person");
}

TEST_CASE("a customer's name that holds the separator is found in one of its splits") {
  CHECK(told_of("teams__2__by__a__b", "7") ==
        "twin by /props/teams/*/by/* of usage, twin by /props/teams/*/by/* of usage");
  CHECK(told_of("words__a__b__c", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");
  CHECK(told_of("teams__a__b__n", "7") == "twin by /props/teams/*/n of usage, twin by /props/teams/*/n of usage");
  CHECK(told_of("words____", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");  // key `__`
  CHECK(told_of("words___x", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");  // key `_x`
  CHECK(told_of("words__it__", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");
}

TEST_CASE("an empty piece stands for an empty key where the key may be empty") {
  CHECK(told_of("words__", "7") == "twin by /props/words/* of usage, twin by /props/words/* of usage");
  CHECK(told_of("hosts__", R"("192.0.2.1")") == "undeclared, undeclared");
}

TEST_CASE("separators may overlap") {
  const Dictionary dictionary = counts("__", {"/p/a/b", "/p/a_/b", "/p/a/_b", "/p/x"});
  CHECK(status(dictionary, "a__b") == "twin");
  CHECK(status(dictionary, "a___b") == "twin");  // `a_`, `b` and `a`, `_b`
  CHECK(status(dictionary, "a____b") == "undeclared");
  CHECK(status(dictionary, "__x") == "undeclared");
  CHECK(status(dictionary, "x__") == "undeclared");
}

TEST_CASE("only an array index copies an element") {
  for (const std::string index : {"0", "9", "10", "3999999"}) {
    CAPTURE(index);
    CHECK(told_of("tags__" + std::string(index), R"("t")").starts_with("twin by /props/tags/*"));
  }
  for (const std::string index : {"", "00", "01", "-1", "+1", "1.0", "x", "1x", "*", "12345678", "１"}) {
    CAPTURE(index);
    CHECK(told_of("tags__" + std::string(index), R"("t")") == "undeclared, undeclared");
  }
}

TEST_CASE("a literal step wins over a wildcard in a twin's name too") {
  CHECK(told_of("words__it", "7") ==
        "twin by /props/words/it of deployment, ill-typed by /props/words/it of deployment");
}

TEST_CASE("a piece must fit the key that it stands for") {
  CHECK(told_of("hosts__example.com", R"("192.0.2.1")") ==
        "twin by /props/hosts/* of location, twin by /props/hosts/* of location");
  CHECK(told_of("hosts__not a host", R"("192.0.2.1")") == "undeclared, undeclared");
}

TEST_CASE("a declared name with the separator in it is no twin") {
  CHECK(told_of("a__b", "true") == "structure, declared by /props/a__b as boolean of deployment");
  CHECK(told_of("a__b", "1") == "structure, ill-typed by /props/a__b of deployment");
  const Dictionary dictionary = counts("__", {"/p/a/b", "/p/a__b"});
  CHECK(status(dictionary, "a__b") == "declared");
}

TEST_CASE("a name that copies nothing declared is undeclared") {
  for (const std::string name : {"tags__0__x", "users__0__x", "total__x", "x__total", "__", "____", "__total",
                                 "total__", "props__total", "event__x", "teams2n", "Teams__2__n", "teams_2_n"}) {
    CAPTURE(name);
    CHECK(told_of(name, "1") == "undeclared, undeclared");
  }
}

TEST_CASE("twins stand directly under their object and nowhere else") {
  const Dictionary& dictionary = example_dictionary();
  CHECK(test::told(dictionary, R"({"props__total": 1})", "/props__total") == "undeclared, undeclared");
  CHECK(test::told(dictionary, R"({"teams__2__n": 1})", "/teams__2__n") == "undeclared, undeclared");
  CHECK(test::told(dictionary, R"({"props": {"teams": {"2": {"by__x": 1}}}})", "/props/teams/2/by__x") ==
        "undeclared, undeclared");
  // … where a wildcard makes it an ordinary key.
  CHECK(test::told(dictionary, R"({"props": {"words": {"teams__2__n": 1}}})", "/props/words/teams__2__n") ==
        "declared by /props/words/* as text of content, declared by /props/words/* as count of usage");
}

TEST_CASE("without a declaration of twins there are none") {
  Json json = Json::parse(test::example());
  json.erase("twins");
  const auto parsed = Dictionary::parse(json.dump(), "d.json");
  REQUIRE(parsed);
  CHECK(test::told(*parsed, R"({"props": {"teams__2__n": 1}})", "/props/teams__2__n") == "undeclared, undeclared");
}

TEST_CASE("a twin of the wrong type is ill-typed, its name a twin") {
  for (const std::string value : {"-1", "\"7\"", "null", "[]", "{}", "true", "1e400"}) {
    CAPTURE(value);
    CHECK(told_of("words__Lead", value) == "twin by /props/words/* of usage, ill-typed by /props/words/* of usage");
  }
}

TEST_CASE("the twin of a container is an empty container") {
  for (const std::string name : {"teams__2", "teams__2__by", "users__0"}) {
    CAPTURE(name);
    CHECK(told_of(name, "{}") == "twin, twin");
    CHECK(told_of(name, "[]") == "twin, twin");
    CHECK(told_of(name, "1") == "twin, ill-typed");
    CHECK(told_of(name, "\"\"") == "twin, ill-typed");
    CHECK(told_of(name, "null") == "twin, ill-typed");
  }
}

TEST_CASE("a name that copies nothing but a container, in any split, has no other value") {
  // Each of these is the entry of a team called `2__x`, `2__n__x`, `__n` or `2__by__`.
  for (const std::string name : {"teams__2__x", "teams__2__n__x", "teams____n", "teams__2__by__"}) {
    CAPTURE(name);
    CHECK(told_of(name, "7") == "twin, ill-typed");
    CHECK(told_of(name, "{}") == "twin, twin");
  }
}

TEST_CASE("what stands in the twin of a container is ill-typed") {
  const std::string report = R"({"props": {"teams__2": {"n": 1, "by": {"x": 1}}, "users__0": [["x"]], "total": 1}})";
  const Dictionary& dictionary = example_dictionary();
  CHECK(test::told(dictionary, report, "/props/teams__2") == "twin, twin");
  CHECK(test::told(dictionary, report, "/props/teams__2/n") == "ill-typed, ill-typed");
  CHECK(test::told(dictionary, report, "/props/teams__2/by/x") == "ill-typed, ill-typed");
  CHECK(test::told(dictionary, report, "/props/users__0/0/0") == "ill-typed");
  CHECK(test::told(dictionary, report, "/props/total") == "structure, declared by /props/total as count of usage");
}

TEST_CASE("a name that may copy several paths has the type of one of them") {
  Json more = Json::array();
  more.push_back({{"path", "/p/a/*/b"}, {"type", "boolean"}, {"class", "person"}});
  more.push_back({{"path", "/p/a/*"}, {"key", {{"type", "text"}, {"class", "content"}}}});
  const Dictionary dictionary = counts("__", {"/p/a/*/b__c", "/p/a/x__y/z"}, more);
  CHECK(status(dictionary, "a__x__b__c") == "twin");
  CHECK(status(dictionary, "a__x__b", "true") == "twin");
  CHECK(status(dictionary, "a__x__b", "1") == "ill-typed");
  // Either the container of the key `x__b`, or the boolean of the key `x`.
  CHECK(status(dictionary, "a__x__b", "{}") == "twin");
  CHECK(status(dictionary, "a__x__y__z", "1") == "twin");
  CHECK(status(dictionary, "a__x__y__b", "true") == "ill-typed");  // only the wildcard's key `x` with an undeclared `y`
}

TEST_CASE("a name with too many separators is no twin") {
  const auto name = [](std::size_t separators) {
    std::string out = "words";
    for (std::size_t i = 0; i < separators; ++i) out += "__x";
    return out;
  };
  CHECK(told_of(name(32), "7").starts_with("twin by /props/words/*"));
  CHECK(told_of(name(33), "7") == "undeclared, undeclared");
  CHECK(told_of("words" + std::string(33, '_'), "7").starts_with("twin by /props/words/*"));
  CHECK(told_of("words" + std::string(34, '_'), "7") == "undeclared, undeclared");
}

TEST_CASE("a name and a dictionary made to be expensive cost little") {
  // Every split of the name is a chain of wildcards, and there are binomially many.
  std::vector<std::string> paths;
  Json keys = Json::array();
  std::string path = "/p/a";
  for (int i = 0; i < 20; ++i) {
    path += "/*";
    keys.push_back({{"path", path}, {"key", {{"type", "text"}, {"class", "content"}}}});
  }
  const Dictionary dictionary = counts("_", {path + "/z"}, keys);
  std::string name = "a";
  for (std::size_t i = 0; i < twin_separators_limit; ++i) name += "_b";
  const auto start = std::chrono::steady_clock::now();
  CHECK(status(dictionary, name) == "ill-typed");
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}
