#include "core/json.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "core/io.hpp"

using namespace airlock::core;

namespace {
std::string why(std::string_view text, const JsonLimits& limits = {}) {
  const auto json = parse_json(text, "x.json", limits);
  return json ? "accepted" : json.error().message;
}
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
