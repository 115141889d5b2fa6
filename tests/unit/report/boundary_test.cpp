#include <doctest/doctest.h>

#include "core/text.hpp"
#include "report/window.hpp"
#include "unit/report/support.hpp"

// The scanner and the editor read through a buffer. Nothing may depend on where in it a token comes to lie.

using namespace airlock;
using namespace airlock::test;

namespace {

const std::vector<std::string> texts{
    "[\"abc\"]",
    "[\"é€😀\"]",
    "[\"\xEF\xB7\x8F\xF4\x8F\xBF\xBD\"]",
    R"(["\n\"\\\/\u0041\u20ac\ud83d\ude00"])",
    "[-123.4567e-89]",
    "[0,true,false,null]",
    R"({"key":"value","other":{"key":[]}})",
    "[ 1 , 2 ]  ",
    "{ \"a\" :\n\t1 , \"b\" : { } }",
    "\"\"",
    "7",
};
const std::vector<std::string> ill_formed{
    "[\"\xF0\x9F\x98\"]",
    R"(["\ud83d\u0041"])",
    R"(["\ud83d)",
    R"(["\uFFFF"])",
    "[\"\xEF\xBF\xBF\"]",
    "[1.e5]",
    "[-]",
    "[nulx]",
    "[\"a\nb\"]",
    "[\"abc",
    "{\"a\":1,\"a\":2}",
    "[1 2]",
    R"({"a" 1})",
    "[\"\\",
    "[fal",
    "[\"\xE2\x82",
};

/// Scans `text` behind `shift` bytes of white space and moves the result back.
Reading shifted(const std::string& text, std::size_t shift) {
  Reading reading = read(std::string(shift, ' ') + text);
  for (Seen& token : reading.tokens) {
    if (token.gap == 0) token.gap = token.comma = token.comma_gap = shift;  // the first token's white space
    for (auto* at : {&token.begin, &token.end, &token.gap, &token.comma, &token.comma_gap}) *at -= shift;
  }
  return reading;
}

}  // namespace

TEST_CASE("tokens are the same wherever in the buffer they lie") {
  std::size_t places = 0;
  for (const std::string& text : texts) {
    const Reading plain = read(text);
    REQUIRE_FALSE(plain.error);
    for (std::size_t shift = report::Window::capacity - text.size() - 2; shift <= report::Window::capacity; ++shift) {
      CAPTURE(text);
      CAPTURE(shift);
      const Reading moved = shifted(text, shift);
      REQUIRE_FALSE(moved.error);
      REQUIRE(moved.tokens.size() == plain.tokens.size());
      for (std::size_t i = 0; i < plain.tokens.size(); ++i) {
        const Seen& a = plain.tokens[i];
        const Seen& b = moved.tokens[i];
        REQUIRE(a.kind == b.kind);
        REQUIRE(a.decoded == b.decoded);
        REQUIRE(a.depth == b.depth);
        REQUIRE(std::tuple(a.begin, a.end, a.gap, a.comma, a.comma_gap) ==
                std::tuple(b.begin, b.end, b.gap, b.comma, b.comma_gap));
      }
      ++places;
    }
  }
  CHECK(places > 200);
}

TEST_CASE("a fault is the same wherever in the buffer it lies") {
  for (const std::string& text : ill_formed) {
    const std::string message = why(text);
    REQUIRE(message.starts_with("byte "));
    const auto colon = message.find(':');
    const std::size_t offset = std::stoul(message.substr(5, colon - 5));
    for (std::size_t shift = report::Window::capacity - text.size() - 2; shift <= report::Window::capacity; ++shift) {
      CAPTURE(core::printable(text));
      CAPTURE(shift);
      REQUIRE(why(std::string(shift, ' ') + text) == "byte " + std::to_string(offset + shift) + message.substr(colon));
    }
  }
}

TEST_CASE("a string longer than the buffer is decoded whole") {
  const std::string longest(64 * 1024, 'x');
  for (std::size_t shift = 0; shift < 4; ++shift) {
    const Reading reading = read("[" + std::string(shift, ' ') + "\"" + longest + "\",\"y\"]");
    REQUIRE_FALSE(reading.error);
    CHECK(reading.tokens[1].decoded == longest);
    CHECK(reading.tokens[2].decoded == "y");
  }
}

TEST_CASE("edits are the same wherever in the buffer they fall") {
  const std::string text =
      R"( , "first" : "é\ud83d\ude00" , "gone" : [ 1 , {"x" : 2} ] , "late" : null , "last" : -1.5 } )";
  const Judge judge = [](std::size_t number) {
    if (number == 2) return Verdict::drop;
    if (number == 6) return Verdict::drop_late;
    return number == 1 ? Verdict::replace_key : Verdict::keep;
  };
  const std::string_view expected = R"( , "\n replaced 1" : "é\ud83d\ude00" , "last" : -1.5 } )";
  for (std::size_t shift = report::Window::capacity - text.size() - 20; shift <= report::Window::capacity; ++shift) {
    CAPTURE(shift);
    const std::string before = "{" + std::string(shift, ' ') + "\"pad\":0";
    const auto edited = edit(before + text, judge);
    REQUIRE(edited);
    REQUIRE(edited->output == before + std::string(expected));
  }
}
