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

namespace {

/// The byte at which nlohmann's parser gives up, counted from 0; nothing where it accepts the text.
std::optional<std::size_t> nlohmann_error(const std::string& text) {
  class Sax final : public nlohmann::json_sax<Json> {
   public:
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) override {
      error = at == 0 ? 0 : at - 1;
      return false;
    }
    std::optional<std::size_t> error;
  };
  Sax sax;
  (void)Json::sax_parse(text, &sax);
  return sax.error;
}

}  // namespace

TEST_CASE("a text is accepted, read and refused at the byte where nlohmann does that") {
  const std::vector<std::string> texts{
      R"({"a":[1,-2,1.5e-3,true,false,null],"\u00e9\ud83d\ude00\"\\\/\b\f\n\r\t":{"k":{}},"b":"\u0000"})",
      "{\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\": [\"\xed\x9f\xbf\xf4\x8f\xbf\xbd\x7f\"]\t,\n\"x\": 0 }\r",
      "[18446744073709551615,18446744073709551616,-9223372036854775808,-9223372036854775809,-0,0,1e400,0.1e1,-1E+2]",
      "[-0.0,1e-400,5e-324,1.7976931348623157e308,12345678901234567890.5,123456789012345678901234567890]",
      R"([{"a":1,"b":[[],{}]},"\uD800\uDC00","\uDC00"])",
      R"(["\uD800x","\uD800\u0041","\uD8)",
      " \"x\" ",
      "tru",
      "nul1"};
  // Each text whole; cut off after each byte; and with each byte replaced by each of these.
  const std::string bytes =
      std::string("{}[],:\"\\ \n09-+.eEutrnlfxdD8\x01\x7f\x80\x9f\xa0\xbf\xc1\xc3\xe0\xed\xf0\xf4\xf5\xff");
  std::size_t accepted = 0;
  const auto compare = [&](const std::string& text) {
    if (text.empty()) return;
    const auto json = parse_json(text, "x");
    const auto error = nlohmann_error(text);
    if (json) {
      ++accepted;
      const Json theirs = error ? Json() : Json::parse(text);
      if (error || *json != theirs || to_text(*json) != to_text(theirs)) FAIL_CHECK("read otherwise: " << text);
      return;
    }
    if (!json.error().message.starts_with("`x`: is not valid JSON at ")) return;  // of I-JSON, or a limit
    if (!error) {
      FAIL_CHECK("refused: " << text << json.error().message);
      return;
    }
    const auto before = std::string_view(text).substr(0, *error);
    const auto line = std::to_string(std::count(before.begin(), before.end(), '\n') + 1);
    const auto column = std::to_string(before.size() - (before.rfind('\n') + 1) + 1);
    const std::string expected = "`x`: is not valid JSON at line " + line + ", column " + column;
    if (json.error().message != expected) FAIL_CHECK(text << ": " << json.error().message << ", and not " << expected);
  };
  for (const std::string& text : texts) {
    for (std::size_t at = 0; at <= text.size(); ++at) {
      compare(text.substr(0, at));
      if (at == text.size()) continue;
      compare(text.substr(0, at) + text.substr(at + 1));
      for (const char byte : bytes) {
        std::string changed = text;
        changed[at] = byte;
        compare(changed);
        compare(text.substr(0, at) + byte + text.substr(at));
      }
    }
  }
  CHECK(accepted > 1000);
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
