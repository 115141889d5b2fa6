#include "dictionary/key_pattern.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "walk.hpp"

namespace airlock::dictionary::key_pattern_test {
namespace {

using core::Json;

/// A dictionary with these declarations behind the event.
Json document(const std::string& fields) {
  return Json::parse(
      R"({"format":"airlock-dictionary/2","name":"d","product":"p","roles":{"event":{"always":"e"}},"fields":[)" +
      fields + "]}");
}

std::string verdict(const std::string& fields) {
  const auto parsed = Dictionary::parse(document(fields).dump(), "d");
  return parsed ? "accepted" : parsed.error().message;
}

/// A declaration of counts whose keys have this pattern, with parts that are texts.
std::string counts(const std::string& pattern, const std::string& path = "/m/*") {
  Json key{{"pattern", pattern}};
  for (const char* name : {"a", "b", "c", "d", "e"}) {
    if (pattern.find("{" + std::string(name) + "}") != std::string::npos) {
      key[name] = {{"type", "text"}, {"class", "content"}};
    }
  }
  return Json{{"path", path}, {"key", key}, {"type", "count"}, {"class", "usage"}}.dump();
}

/// The parts into which a key is cut, with `|` between them; nothing if it is not of the pattern.
std::string parts(const std::string& pattern, const std::string& text) {
  KeyDeclaration key;
  REQUIRE_FALSE(read_pattern(pattern, key));
  const auto found = cut(key, text);
  if (!found) return "";
  std::string out;
  for (const std::string_view part : found->all()) out += (out.empty() ? "" : "|") + std::string(part);
  return out;
}

std::string fault(const std::string& pattern) {
  KeyDeclaration key;
  return read_pattern(pattern, key).value_or("");
}

Dictionary parsed(const std::string& fields) {
  auto out = Dictionary::parse(document(fields).dump(), "d");
  REQUIRE(out);
  return std::move(*out);
}

/// What becomes of the member of `/m` with this name.
std::string told(const Dictionary& dictionary, const std::string& name) {
  const Json report{{"m", {{name, 1}}}};
  return test::told(dictionary, report.dump(), "/m/" + airlock::core::pointer_step(name));
}

}  // namespace

TEST_CASE(
    "a part ends where the literal text behind it begins for the first time, the last where the key's end begins") {
  CHECK(parts("stats.ds.{a}.count", "stats.ds.loki.count") == "loki");
  CHECK(parts("stats.ds.{a}.count", "stats.ds.elasticsearch.v7.count") == "elasticsearch.v7");
  CHECK(parts("{a}.{b}", "x.y.z") == "x|y.z");
  CHECK(parts("{a}.{b}", "..z") == ".|z");
  CHECK(parts("{a}..{b}.", "x...y.") == "x|.y");
}

TEST_CASE("no part is empty, and literal text does not overlap") {
  for (const std::string text : {"", "stats.ds..count", "stats.ds.count", "stats.ds.count.", "x.stats.ds.a.count"}) {
    CAPTURE(text);
    CHECK(parts("stats.ds.{a}.count", text).empty());
  }
  CHECK(parts("a{a}a", "aa").empty());
  CHECK(parts("a{a}a", "aaa") == "a");
  CHECK(parts("{a}.{b}", ".z").empty());
  CHECK(parts("{a}.{b}", "x.").empty());
  CHECK(parts("k{a}", "k" + std::string(pattern_key_bytes_limit - 1, 'x')) ==
        std::string(pattern_key_bytes_limit - 1, 'x'));
  CHECK(parts("k{a}", "k" + std::string(pattern_key_bytes_limit, 'x')).empty());
}

TEST_CASE("a pattern that could be read in two ways is refused") {
  CHECK(fault("{a}{b}.x") == "has two parts without literal text between them");
  CHECK(fault("x{a}.{a}") == "has the part `a` twice");
  CHECK(fault("x") == "has no part in braces");
  CHECK(fault("{a}") == "has no literal text; a `key` with a `type` declares such keys");
  CHECK(fault("x{a") == "has a `{` without a `}`; literal text cannot have braces");
  CHECK(fault("x}{a}") == "has a `}` without a `{`; literal text cannot have braces");
  CHECK(fault("x{a}}") == "has a `}` without a `{`; literal text cannot have braces");
  CHECK(fault("x{pattern}") == "has a part with the name `pattern`, which is taken");
  CHECK(fault("x{a}.{b}.{c}.{d}.{e}") == "has more than 4 parts");
  for (const std::string bad : {"x{}", "x{A}", "x{1a}", "x{a-b}", "x{{a}}"}) {
    CAPTURE(bad);
    CHECK(fault(bad).starts_with("has the part `"));
  }
  CHECK(fault("x{a}.{b}.{c}.{d}").empty());
}

TEST_CASE("the path of a pattern has a star for each part, and may be written so") {
  const Dictionary dictionary = parsed(counts("~*/{a}.x.{b}"));
  CHECK(dictionary.fields()[0].path == "/m/~0~2~1*.x.*");
  CHECK(dictionary.find("/m/~0~2~1*.x.*") == 0);
  CHECK(verdict(counts("s.{a}", "/m/s.*")) == "accepted");
  CHECK(verdict(counts("s.{a}", "/m/t.*")) == "`d`: `/fields/0/key`: has a pattern whose path would end in `s.*`");
  CHECK(verdict(counts("s.{a}", "/m/x")) == "`d`: `/fields/0/key`: needs a path that ends in `*`");
  CHECK(verdict(counts("s.{a}") + "," + counts("s.{b}")) ==
        "`d`: `/fields/1/path`: `/m/s.*` is declared already by `/fields/0`");
  CHECK(
      verdict(R"({"path":"/m/s.*","type":"count","class":"usage"})") ==
      "`d`: `/fields/0/path`: `/m/s.*` has the step `s.*`, which no `key` declares as its `pattern`; write `~2` for a "
      "literal `*`");
  CHECK(verdict(R"({"path":"/m/s.*","key":{"type":"text","class":"content"},"type":"count","class":"usage"})") ==
        "`d`: `/fields/0/key`: needs a `pattern`, or a path that ends in `*`");
  CHECK(verdict(counts(std::string(1000, 'x') + "{a}", "/" + std::string(100, 'm') + "/*"))
            .find("more than 1024 bytes") != std::string::npos);
}

TEST_CASE("each part needs a type and a class, and is never empty") {
  const auto with = [](const std::string& part) {
    return verdict(R"({"path":"/m/*","key":{"pattern":"s.{a}")" + part + R"(},"type":"count","class":"usage"})");
  };
  CHECK(with("").find("`/fields/0/key/a`: is missing") != std::string::npos);
  CHECK(with(R"(,"a":{"class":"content"})").find("`/fields/0/key/a/type`") != std::string::npos);
  CHECK(with(R"(,"a":{"type":"text"})").find("`/fields/0/key/a/class`") != std::string::npos);
  CHECK(with(R"(,"a":{"type":"count","class":"usage"})").find("a key is a string") != std::string::npos);
  CHECK(with(R"(,"a":{"type":["text","empty"],"class":"usage"})").find("never empty") != std::string::npos);
  CHECK(
      with(R"(,"a":{"type":"text","class":"usage"},"b":{"type":"text","class":"usage"})").find("not a known member") !=
      std::string::npos);
  CHECK(with(R"(,"a":{"type":"enum","values":["x"],"class":"usage"})") == "accepted");
}

TEST_CASE("a literal key wins, then the pattern with the most literal text, then the star") {
  const Dictionary dictionary = parsed(R"({"path":"/m/s.known.c","type":"count","class":"usage"},
                {"path":"/m/*","key":{"type":"text","class":"content"},"type":"count","class":"usage"},)" +
                                       counts("s.{a}") + "," + counts("s.{a}.c") + "," + counts("s.{a}.d") + "," +
                                       counts("{a}.c") + "," + counts("st.{a}") + "," + counts("s.{a}.{b}"));
  const auto governs = [&](const std::string& name) {
    const std::string said = told(dictionary, name);
    const auto at = said.rfind(" by ");
    return said.substr(at + 4, said.find(' ', at + 4) - at - 4);
  };
  CHECK(governs("s.known.c") == "/m/s.known.c");
  CHECK(governs("s.x.c") == "/m/s.*.c");
  CHECK(governs("s.x.d") == "/m/s.*.d");
  CHECK(governs("s.x.e") == "/m/s.*.*");
  CHECK(governs("s.x") == "/m/s.*");
  CHECK(governs("s.") == "/m/*");
  CHECK(governs("st.x") == "/m/st.*");
  CHECK(governs("q.c") == "/m/*.c");
  CHECK(governs("q") == "/m/*");
  // Equal in literal bytes: the step that comes first in byte order.
  CHECK(governs("s.c") == "/m/*.c");
}

TEST_CASE("a key of a pattern whose parts do not fit is ill-typed, another is undeclared") {
  const Dictionary dictionary = parsed(
      R"({"path":"/m/*","key":{"pattern":"n.{v}.{w}","v":{"type":"version","class":"version"},
          "w":{"type":"text","class":"content"}},"type":"count","class":"usage"})");
  CHECK(told(dictionary, "n.1.x") ==
        "declared by /m/n.*.* as version of version, declared by /m/n.*.* as count of usage");
  CHECK(told(dictionary, "n.x.x") == "ill-typed by /m/n.*.* of version, ill-typed by /m/n.*.* of usage");
  CHECK(told(dictionary, "n.1") == "undeclared, undeclared");
}

TEST_CASE("deeper paths belong to the pattern in the middle of them") {
  const Dictionary dictionary = parsed(R"({"path":"/m/s.*/n","type":"count","class":"usage"},
                {"path":"/m/*","key":{"pattern":"s.{a}","a":{"type":"text","class":"content"}}})");
  CHECK(test::told(dictionary, R"({"m":{"s.x":{"n":1}}})", "/m/s.x/n") ==
        "structure, declared by /m/s.*/n as count of usage");
  CHECK(dictionary.is_key_at(test::walk(dictionary, R"({"m":{"s.x":{}}})")[3].placement.place, "s.y"));
  CHECK_FALSE(dictionary.is_key_at(test::walk(dictionary, R"({"m":{"s.x":{}}})")[3].placement.place, "t.y"));
}

TEST_CASE("an object has at most 1 024 patterns, and no elements or twins beside them") {
  std::string many;
  for (std::size_t i = 0; i < patterns_limit; ++i) many += counts("k" + std::to_string(i) + ".{a}") + ",";
  const std::string last = counts("last.{a}");
  CHECK(verdict(many + last).find("one of more than 1024 patterns") != std::string::npos);
  many.pop_back();
  const Dictionary dictionary = parsed(many);
  CHECK(told(dictionary, "k7.x").ends_with("by /m/k7.* as count of usage"));
  CHECK(told(dictionary, "k1023.x").ends_with("by /m/k1023.* as count of usage"));
  CHECK(told(dictionary, "k1024.x") == "undeclared, undeclared");
  CHECK(verdict(counts("s.{a}") + R"(,{"path":"/m/*","type":"count","class":"usage"})").find("needs a `key`") !=
        std::string::npos);
  Json twins = document(counts("s.{a}") + R"(,{"path":"/m/x","type":"count","class":"usage"})");
  twins["twins"] = {{"under", "/m"}, {"separator", "__"}};
  CHECK(Dictionary::parse(twins.dump(), "d").error().message == "`d`: `/twins/under`: `/m` has members with a pattern");
}

TEST_CASE("a flattened name leads through a pattern") {
  Json json = document(R"({"path":"/p/x","type":"count","class":"usage"},)" + counts("s.{a}", "/p/m/*"));
  json["twins"] = {{"under", "/p"}, {"separator", "__"}};
  const auto dictionary = Dictionary::parse(json.dump(), "d");
  REQUIRE(dictionary);
  CHECK(test::told(*dictionary, R"({"p":{"m__s.a__b":1}})", "/p/m__s.a__b") ==
        "twin by /p/m/s.* of usage, twin by /p/m/s.* of usage");
  CHECK(test::told(*dictionary, R"({"p":{"m__t.a":1}})", "/p/m__t.a") == "undeclared, undeclared");
}

}  // namespace airlock::dictionary::key_pattern_test
