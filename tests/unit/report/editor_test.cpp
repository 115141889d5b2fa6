#include "report/editor.hpp"

#include <doctest/doctest.h>

#include <set>

#include "unit/report/support.hpp"

using namespace airlock;
using namespace airlock::test;
using report::Editor;
using report::Token;
using report::TokenKind;

namespace {

/// `text` without the members and elements of these numbers. Keys and values are dropped alike.
std::string without(std::string_view text, const std::set<std::size_t>& numbers) {
  const auto judge = [&](Verdict drop) {
    return [&numbers, drop](std::size_t number) { return numbers.contains(number) ? drop : Verdict::keep; };
  };
  const auto by_key = edit(text, judge(Verdict::drop));
  const auto by_value = edit(text, judge(Verdict::drop_late));
  REQUIRE(by_key);
  REQUIRE(by_value);
  CHECK(by_key->output == by_value->output);
  CHECK(why(by_key->output) == "accepted");
  return by_key->output;
}

std::string judged(std::string_view text, const Judge& judge) {
  const auto edited = edit(text, judge);
  REQUIRE(edited);
  return edited->output;
}

/// Fails after so many bytes.
class FaultySink final : public core::Sink {
 public:
  explicit FaultySink(std::size_t room) : room_(room) {}
  [[nodiscard]] core::Result<void> write(std::string_view bytes) override {
    if (bytes.size() > room_) return core::fail(core::Code::not_recorded, "no space left");
    room_ -= bytes.size();
    return {};
  }

 private:
  std::size_t room_;
};

/// Remembers the sizes of the pieces it gets.
class WatchedSink final : public core::Sink {
 public:
  [[nodiscard]] core::Result<void> write(std::string_view bytes) override {
    total += bytes.size();
    largest = std::max(largest, bytes.size());
    ++writes;
    return {};
  }
  std::size_t total = 0, largest = 0, writes = 0;
};

core::Result<void> keep_all(std::string_view text, core::Sink& sink) {
  const core::MemoryBlob blob(text);
  report::Scanner scanner(blob, {}, fingerprint_key());
  Editor editor(blob, sink);
  for (;;) {
    AIRLOCK_TRY(const Token& token, scanner.next());
    if (token.kind == TokenKind::end) return editor.finish(token);
    AIRLOCK_CHECK(editor.keep(token));
  }
}

}  // namespace

TEST_CASE("what is kept whole comes out as it was") {
  for (const auto* text :
       {"0", " \"a\" ", "[]", " [ ] ", "{\n}", "[1,2]", "\t[ 1 , 2\r\n, [ ] , { } ]\n\n",
        R"( { "a" : 1 , "\u0062" : [ null , "\/" ] , "c" : { } } )", "[1.50,1E+2,-0,100000000000000000000]"}) {
    CAPTURE(text);
    CHECK(without(text, {}) == text);
  }
}

TEST_CASE("an element goes with the white space and the comma in front of it") {
  const std::string_view text = "[ 1 , 2\t,\n3 ]";
  CHECK(without(text, {1}) == "[ 1\t,\n3 ]");
  CHECK(without(text, {2}) == "[ 1 , 2 ]");
  CHECK(without(text, {1, 2}) == "[ 1 ]");
}

TEST_CASE("the first element that stays gives up its comma and the white space before that") {
  const std::string_view text = "[ 1 , 2\t,\n3 ]";
  CHECK(without(text, {0}) == "[ 2\t,\n3 ]");
  CHECK(without(text, {0, 1}) == "[\n3 ]");
  CHECK(without(text, {0, 2}) == "[ 2 ]");
  CHECK(without("[1 ,2]", {0}) == "[2]");
  CHECK(without("[ 1, 2]", {0}) == "[ 2]");
}

TEST_CASE("of an emptied container the brackets stay and the white space before the closing one") {
  CHECK(without("[ 1 , 2\t]", {0, 1}) == "[\t]");
  CHECK(without("[1,2]", {0, 1}) == "[]");
  CHECK(without("{ \"a\" : 1 }", {0}) == "{ }");
  CHECK(without("{\n  \"a\": 1,\n  \"b\": 2\n}\n", {0, 1}) == "{\n}\n");
}

TEST_CASE("a member goes with its key, its colon and all its value") {
  const std::string_view text = R"({
  "a" : 1,
  "b": {"x": [1, 2], "y": {"z": 0}},
  "c": "last"
})";
  // Members in order: a b x 1 2 y z c.
  CHECK(without(text, {0}) == "{\n  \"b\": {\"x\": [1, 2], \"y\": {\"z\": 0}},\n  \"c\": \"last\"\n}");
  CHECK(without(text, {1}) == "{\n  \"a\" : 1,\n  \"c\": \"last\"\n}");
  CHECK(without(text, {7}) == "{\n  \"a\" : 1,\n  \"b\": {\"x\": [1, 2], \"y\": {\"z\": 0}}\n}");
  CHECK(without(text, {2}) == "{\n  \"a\" : 1,\n  \"b\": { \"y\": {\"z\": 0}},\n  \"c\": \"last\"\n}");
  CHECK(without(text, {3, 6}) == "{\n  \"a\" : 1,\n  \"b\": {\"x\": [ 2], \"y\": {}},\n  \"c\": \"last\"\n}");
}

TEST_CASE("what is dropped within something dropped makes no difference") {
  const std::string_view text = R"({"a":[1,{"b":2}],"c":3})";
  for (const auto& inner : {std::set<std::size_t>{0}, {0, 1}, {0, 2}, {0, 3}, {0, 1, 2, 3}}) {
    CHECK(without(text, inner) == R"({"c":3})");
  }
}

TEST_CASE("only the members of the same container decide who is first") {
  // Members in order: a 1 2 b 3 4.
  const std::string_view text = R"({ "a" : [ 1 , 2 ] , "b" : [ 3 , 4 ] })";
  CHECK(without(text, {0, 4}) == R"({ "b" : [ 4 ] })");
  CHECK(without(text, {1, 4}) == R"({ "a" : [ 2 ] , "b" : [ 4 ] })");
  CHECK(without(text, {1, 2, 3}) == R"({ "a" : [ ] })");
}

TEST_CASE("keys and scalars are replaced in their place") {
  const std::string_view text = R"({ "a" : 1 , "b" : "two" , "c" : [ 3 ] })";
  const auto keys = judged(text, [](std::size_t n) { return n == 3 ? Verdict::keep : Verdict::replace_key; });
  CHECK(keys == R"({ "\n replaced 0" : 1 , "\n replaced 1" : "two" , "\n replaced 2" : [ 3 ] })");
  const auto values = judged(text, [](std::size_t) { return Verdict::replace_value; });
  CHECK(values == R"({ "a" : "\"masked\" \u0001" , "b" : "\"masked\" \u0001" , "c" : [ "\"masked\" \u0001" ] })");
}

TEST_CASE("a replaced key is not written when its value is dropped") {
  const std::string_view text = R"({"a":1,"b":[2]})";
  const core::MemoryBlob blob(text);
  core::StringSink sink(100);
  report::Scanner scanner(blob, {}, fingerprint_key());
  Editor editor(blob, sink);
  REQUIRE(editor.keep(scanner.next().value()));                     // {
  REQUIRE(editor.replace(scanner.next().value(), "\"replaced\""));  // "a"
  REQUIRE(editor.drop(scanner.next().value()));                     // 1
  CHECK_FALSE(editor.dropping());
  REQUIRE(editor.replace(scanner.next().value(), "\"replaced\""));  // "b"
  REQUIRE(editor.drop(scanner.next().value()));                     // [
  CHECK(editor.dropping());
  editor.skip(scanner.next().value());  // 2
  CHECK(editor.dropping());
  editor.skip(scanner.next().value());  // ]
  CHECK_FALSE(editor.dropping());
  REQUIRE(editor.keep(scanner.next().value()));  // }
  REQUIRE(editor.finish(scanner.next().value()));
  CHECK(sink.bytes() == "{}");
}

TEST_CASE("the outermost value may be replaced where it is a scalar") {
  const core::MemoryBlob blob(" 12 ");
  core::StringSink sink(100);
  report::Scanner scanner(blob, {}, fingerprint_key());
  Editor editor(blob, sink);
  REQUIRE(editor.replace(scanner.next().value(), "null"));
  REQUIRE(editor.finish(scanner.next().value()));
  CHECK(sink.bytes() == " null ");
}

TEST_CASE("a failing sink fails the edit, whenever it does") {
  std::string text = "[";
  for (int i = 0; i < 30'000; ++i) text += "\"element\",";
  text += "0]";
  for (const std::size_t room : {std::size_t{0}, std::size_t{70'000}, text.size() - 1}) {
    FaultySink sink(room);
    const auto outcome = keep_all(text, sink);
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().message == "no space left");
  }
  FaultySink enough(text.size());
  CHECK(keep_all(text, enough));
}

TEST_CASE("a sink gets few and bounded pieces, whatever stands between the tokens") {
  const std::string space(3'000'000, ' ');
  const std::string text = "[" + space + "1" + space + "," + space + "2" + space + "]" + space;
  WatchedSink sink;
  REQUIRE(keep_all(text, sink));
  CHECK(sink.total == text.size());
  CHECK(sink.largest <= 128 * 1024);
  CHECK(sink.writes <= text.size() / (64 * 1024) + 1);
}

TEST_CASE("use other than documented throws") {
  const std::string_view text = R"({"a":1,"b":[2]})";
  const core::MemoryBlob blob(text);
  core::StringSink sink(100);
  std::vector<Token> tokens;
  for (report::Scanner scanner(blob, {}, fingerprint_key()); tokens.empty() || tokens.back().kind != TokenKind::end;) {
    tokens.push_back(scanner.next().value());
  }
  const Token open = tokens[0], a = tokens[1], one = tokens[2], b = tokens[3], list = tokens[4], two = tokens[5];
  const Token end = tokens.back();
  Editor editor(blob, sink);
  CHECK_THROWS_AS((void)editor.drop(open), std::logic_error);           // the outermost value
  CHECK_THROWS_AS((void)editor.replace(open, "{}"), std::logic_error);  // not a scalar
  CHECK_THROWS_AS((void)editor.finish(end), std::logic_error);          // nothing was written
  CHECK_THROWS_AS((void)editor.keep(one), std::logic_error);            // at another depth
  CHECK_THROWS_AS(editor.skip(open), std::logic_error);                 // nothing is being dropped
  REQUIRE(editor.keep(open));
  CHECK_THROWS_AS((void)editor.replace(a, "1"), std::logic_error);  // no key
  CHECK_THROWS_AS((void)editor.keep(end), std::logic_error);
  REQUIRE(editor.keep(a));
  CHECK_THROWS_AS((void)editor.keep(b), std::logic_error);          // its value is missing
  CHECK_THROWS_AS((void)editor.keep(tokens[7]), std::logic_error);  // likewise
  CHECK_THROWS_AS((void)editor.drop(tokens[7]), std::logic_error);  // a closing bracket
  REQUIRE(editor.keep(one));
  CHECK_THROWS_AS((void)editor.finish(end), std::logic_error);  // the object is open
  REQUIRE(editor.drop(b));
  CHECK_THROWS_AS((void)editor.keep(list), std::logic_error);  // it belongs to what is dropped
  editor.skip(list);
  editor.skip(two);
  CHECK_THROWS_AS(editor.skip(open), std::logic_error);  // outside of what is dropped
  editor.skip(tokens[6]);
  REQUIRE(editor.keep(tokens[7]));
  REQUIRE(editor.finish(end));
  CHECK(sink.bytes() == R"({"a":1})");
}

TEST_CASE("a token from further back throws") {
  const core::MemoryBlob blob("[1,2]");
  core::StringSink sink(100);
  report::Scanner scanner(blob, {}, fingerprint_key());
  Editor editor(blob, sink);
  REQUIRE(editor.keep(scanner.next().value()));
  const Token first = scanner.next().value();
  REQUIRE(editor.keep(first));
  REQUIRE(editor.keep(scanner.next().value()));
  CHECK_THROWS_AS((void)editor.keep(first), std::logic_error);
}

TEST_CASE("json_string escapes what must be escaped and nothing else") {
  CHECK(report::json_string("") == R"("")");
  CHECK(report::json_string("a/é😀\x7f") == "\"a/é😀\x7f\"");
  CHECK(report::json_string("\"\\\b\f\n\r\t") == R"("\"\\\b\f\n\r\t")");
  CHECK(report::json_string(std::string_view("\0\x01\x1f", 3)) == R"("\u0000\u0001\u001f")");
  // Read again, every text is itself.
  std::string all;
  for (char c = 0; c < 0x7F; ++c) all += c;
  all += "é€😀";
  const Reading reading = read(report::json_string(all));
  REQUIRE_FALSE(reading.error);
  CHECK(reading.tokens.at(0).decoded == all);
}
