#include "core/json.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <nlohmann/json.hpp>

#include "core/io.hpp"
#include "core/members.hpp"

using namespace airlock::core;

namespace {
std::string why(std::string_view text, const JsonLimits& limits = {}) {
  const auto json = parse_json(text, "x.json", limits);
  return json ? "accepted" : json.error().message;
}
/// Of processor time, in which POSIX counts a million clocks a second: a busy machine does not matter.
double seconds_since(std::clock_t begin) { return static_cast<double>(std::clock() - begin) / 1e6; }
}  // namespace

TEST_CASE("what I-JSON forbids is refused with its place") {
  CHECK(why(R"({"a":1})") == "accepted");
  CHECK(why("") == "`x.json`: is empty");
  CHECK(why("{\n \"a\": }") == "`x.json`: is not valid JSON at line 2, column 7");
  CHECK(why(R"({"a":1,"b":{"c":1,"c":2}})") == "`x.json`: has the key `c` twice in one object");
  CHECK(why("\xEF\xBB\xBF{}") == "`x.json`: starts with a byte order mark");
  CHECK(why(std::string("{}\0{", 4)) == "`x.json`: has a NUL byte at line 1, column 3");
  CHECK(why("{} x") == "`x.json`: is not valid JSON at line 1, column 4");
  CHECK(why("[\"\\ud800\"]").starts_with("`x.json`: is not valid JSON"));
  CHECK(why("[\"\xFF\"]").starts_with("`x.json`: is not valid JSON"));
  CHECK(why("[\"\\ufdd0\"]") == "`x.json`: has a noncharacter, which I-JSON forbids");
  CHECK(why("[[[1]]]", {.depth = 2}) == "`x.json`: is nested deeper than 2");
  CHECK(why(std::string(200000, '[')) == "`x.json`: is nested deeper than 32");
  CHECK(why("[1,2,3]", {.bytes = 3}) == "`x.json`: is larger than 3 bytes");
}

TEST_CASE("too many members, elements or values are refused by their path, before the document is read to its end") {
  CHECK(why(R"({"a":1,"b":2})", {.members = 2}) == "accepted");
  CHECK(why(R"({"a":1,"b":2,"c":})", {.members = 2}) == "`x.json`: has more than 2 members");
  CHECK(why(R"({"x":[0,{"a/b":{"a":1,"b":2,"c":})", {.members = 2}) ==
        "`x.json`: `/x/1/a~1b`: has more than 2 members");
  CHECK(why("[1,2]", {.elements = 2}) == "accepted");
  CHECK(why(R"({"l":[[],[1,2,3,)", {.elements = 2}) == "`x.json`: `/l/1`: has more than 2 elements");
  CHECK(why("[1,[2]]", {.values = 4}) == "accepted");
  CHECK(why("[1,[2,{}", {.values = 4}) == "`x.json`: has more than 4 values");
}

TEST_CASE("what is read is what nlohmann reads, in the order of the text") {
  for (const char* text : {R"({"b":{"z":[1,-2,1.5,true,false,null,"é"],"a":{}},"a":[[],[[]],{"k":[{}]}],"":""})",
                           R"("x")", "0", "[18446744073709551615,-9223372036854775808,1e300]"}) {
    CAPTURE(text);
    CHECK(to_text(parse_json(text, "x").value()) == to_text(Json::parse(text)));
  }
}

TEST_CASE("members that are not wanted are judged as strictly, and left out") {
  const std::vector<std::string_view> wanted{"b", "d"};
  const std::string text = R"({"a":{"x":[1,{"y":"b"}],"b":2},"b":{"c":[1,2]},"c":"d","d":null,"e":[]})";
  CHECK(to_text(parse_members(text, "x", wanted).value()) == R"({"b":{"c":[1,2]},"d":null})");
  CHECK(to_text(parse_members(R"([{"a":1}])", "x", wanted).value()) == R"([{"a":1}])");
  CHECK(to_text(parse_members(text, "x", {}).value()) == "{}");
  for (const char* bad : {R"({"a":{"k":1,"k":2}})", R"({"a":1,"a":2})", R"({"a":1,"b":1,"a":2})", R"({"a":"\ufdd0"})",
                          R"({"\ufdd0":1})", R"({"a":[1,]})", R"({"a":tru})", R"({"a":1} x)", "{\"a\":\"\xff\"}"}) {
    CAPTURE(bad);
    const auto why_members = parse_members(bad, "x.json", wanted);
    REQUIRE_FALSE(why_members);
    CHECK(why_members.error().message == why(bad));
  }
  const auto limited = [&](const char* bad, const JsonLimits& limits) {
    const auto refused = parse_members(bad, "x.json", wanted, limits);
    return refused ? "accepted" : refused.error().message == why(bad, limits) ? "refused" : refused.error().message;
  };
  CHECK(limited(R"({"a":[[1]]})", {.depth = 2}) == "refused");
  CHECK(limited(R"({"a":{"p":0,"q":[1,2]}})", {.elements = 1}) == "refused");
  CHECK(limited(R"({"a":[0,{"p":0,"q":{"x":1,"y":2}}]})", {.members = 1}) == "refused");
  CHECK(limited(R"({"a":[1,2,3]})", {.values = 4}) == "refused");
  std::string many = "{";
  for (int i = 0; i < 40; ++i) many += "\"k" + std::to_string(i) + "\":0,";
  CHECK(parse_members(many + "\"b\":1}", "x", wanted).value()["b"] == 1);
  for (const int twice : {0, 15, 16, 17, 39}) {
    const std::string bad = many + "\"k" + std::to_string(twice) + "\":1}";
    CHECK(why(bad) == "`x.json`: has the key `k" + std::to_string(twice) + "` twice in one object");
    CHECK_FALSE(parse_members(bad, "x", wanted));
  }
}

TEST_CASE("reading takes time in proportion to the document: four times the members, no sixteen times the time") {
  const auto seconds = [](std::size_t lists) {
    std::string text = "[";
    for (std::size_t list = 0; list < lists; ++list) {
      text += list == 0 ? "{" : ",{";
      for (int i = 0; i < 1000; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
      text += "}";
    }
    text += "]";
    double least = 1e9;
    for (int round = 0; round < 3; ++round) {
      const std::clock_t begin = std::clock();
      CHECK(parse_json(text, "x", {.bytes = 64 << 20}));
      least = std::min(least, seconds_since(begin));
    }
    return least;
  };
  // And within one object.
  const auto one = [](int members) {
    std::string text = "{";
    for (int i = 0; i < members; ++i) text += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":0";
    text += "}";
    double least = 1e9;
    for (int round = 0; round < 5; ++round) {
      const std::clock_t begin = std::clock();
      CHECK(parse_json(text, "x", {.members = 100'000}));
      least = std::min(least, seconds_since(begin));
    }
    return least;
  };
  CHECK(seconds(16) < 10 * seconds(4));
  CHECK(one(20'000) < 12 * one(5'000));
}

TEST_CASE("a list of texts is read in proportion to its length, and one that is there twice is found") {
  std::string text = "{\"list\":[";
  for (int i = 0; i < 50'000; ++i) text += "\"t" + std::to_string(i) + "\",";
  const Json once = parse_json(text + "\"last\"]}", "x").value();
  Members in(once, "x", "");
  const std::clock_t begin = std::clock();
  CHECK(in.texts("list", 100'000).size() == 50'001);
  CHECK(seconds_since(begin) < 2);  // 50 000² comparisons take longer
  const Json twice = parse_json(text + "\"t7\"]}", "x").value();
  Members again(twice, "x", "");
  (void)again.texts("list", 100'000);
  CHECK(again.finish().error().message == "`x`: `/list`: element 50000 occurs twice");
}

TEST_CASE("members are read with types and limits, and a stranger among them is refused") {
  const auto json =
      parse_json(R"({"format":"f/1","n":3,"t":"x","at":"2026-11-01T00:00:00Z","list":["a","b"]})", "x", {});
  REQUIRE(json);
  {
    Members in(*json, "x", "");
    in.format("f/1");
    CHECK(in.integer("n", 0, 3) == 3);
    CHECK(in.text("t") == "x");
    CHECK(in.time("at").text() == "2026-11-01T00:00:00Z");
    CHECK(in.texts("list", 2) == std::vector<std::string>{"a", "b"});
    CHECK(in.text_if("absent") == std::nullopt);
    CHECK(in.finish());
  }
  {
    Members in(*json, "x", "/deep");
    in.format("f/1");
    (void)in.integer("n", 0, 2);
    (void)in.text("later");  // only the first failure counts
    CHECK(in.finish().error().message == "`x`: `/deep/n`: must be a whole number from 0 to 2");
  }
  {
    Members in(*json, "x", "");
    in.format("f/2");
    CHECK(in.finish().error().message == "`x`: `/format`: is `f/1`, not `f/2`");
  }
  {
    Members in(*json, "x", "");
    (void)in.any("format"), (void)in.any("n"), (void)in.any("t"), (void)in.any("at");
    CHECK(in.finish().error().message == "`x`: `/list`: is not a known member");
  }
  {
    Members in(*json, "x", "");
    (void)in.text("missing");
    CHECK(in.finish().error().message == "`x`: `/missing`: is missing");
  }
}

TEST_CASE("a sink keeps its limit and a blob is read in parts") {
  StringSink sink(4);
  CHECK(sink.write("abc"));
  CHECK_FALSE(sink.write("de"));
  const MemoryBlob blob("0123456789");
  BlobSource part(blob, 3, 6);
  StringSink all(10);
  CHECK(copy(part, all).value() == 3);
  CHECK(all.bytes() == "345");
  CHECK(to_string(BlobPart(blob, 2, 4), 10).value() == "2345");
  char piece[4];
  CHECK(BlobPart(blob, 2, 4).read_at(3, piece).value() == 1);
  CHECK(BlobPart(blob, 2, 4).read_at(9, piece).value() == 0);
  CHECK(to_string(blob, 10).value() == "0123456789");
  CHECK_FALSE(to_string(blob, 9));
}
