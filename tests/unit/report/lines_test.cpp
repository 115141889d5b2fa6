// Reports with a document on each line: read as the elements of an array without bytes, edited line by line.

#include <doctest/doctest.h>

#include <set>

#include "report/editor.hpp"
#include "report/pointer.hpp"
#include "support.hpp"

using namespace airlock;
using namespace airlock::test;
using report::Document;
using report::TokenKind;

namespace {

std::string lines_message(std::string_view text, const report::Limits& limits = {}) {
  const core::MemoryBlob blob(text);
  report::Scanner scanner(blob, limits, fingerprint_key(), Document::lines);
  for (;;) {
    const auto token = scanner.next();
    if (!token) return token.error().message;
    if (token->get().kind == TokenKind::end) return "accepted";
  }
}

/// The report without the lines with these numbers, from 0.
std::string without_lines(std::string_view text, const std::set<std::size_t>& dropped) {
  const core::MemoryBlob blob(text);
  core::StringSink sink(text.size());
  report::Scanner scanner(blob, {}, fingerprint_key(), Document::lines);
  report::Editor editor(blob, sink);
  std::size_t line = 0;
  for (;;) {
    const auto next = scanner.next();
    if (!next) return next.error().message;
    const report::Token& token = *next;
    if (token.kind == TokenKind::end) {
      REQUIRE(editor.finish(token));
      return sink.take();
    }
    if (editor.dropping()) {
      editor.skip(token);
    } else if (token.depth == 1 && !token.closes() && dropped.contains(line++)) {
      REQUIRE(editor.drop(token));
    } else {
      REQUIRE(editor.keep(token));
    }
  }
}

}  // namespace

TEST_CASE("lines are the elements of an array that has no bytes") {
  const std::string text = " {\"a\":1}\r\n\n[2]\n";
  const core::MemoryBlob blob(text);
  report::Scanner scanner(blob, {}, fingerprint_key(), Document::lines);
  std::string told;
  for (;;) {
    const report::Token& token = scanner.next().value();
    told += std::to_string(token.depth) + "@" + std::to_string(token.begin) + "-" + std::to_string(token.end) +
            (token.has_comma() ? "," : "") + " ";
    if (token.kind == TokenKind::end) break;
  }
  CHECK(told == "0@0-0 1@1-2 2@2-5 2@6-7 1@7-8 1@11-12, 2@12-13 1@13-14 0@15-15 0@15-15 ");
}

TEST_CASE("any line end between values is accepted, and none at the end, and lines of white space") {
  for (const auto* text :
       {"", "\n", " \n\t\n", "1", "1\n", "1\n2", "1\r\n2\r\n", "\n\n1\n \n\n2\n\n", "{}\n[]\n\"a\"\nnull", "1 \n 2"}) {
    CAPTURE(text);
    CHECK(lines_message(text) == "accepted");
    CHECK(without_lines(text, {}) == text);
  }
}

TEST_CASE("two values on a line, and a value on two lines, are refused") {
  CHECK(lines_message("1 2") == "byte 2: expected a line end, found `2`");
  CHECK(lines_message("{}{}") == "byte 2: expected a line end, found `{`");
  CHECK(lines_message("{},\n{}") == "byte 2: expected a line end, found `,`");
  CHECK(lines_message("1\r2") == "byte 2: expected a line end, found `2`");
  CHECK(lines_message("{\"a\":\n1}").starts_with("byte 5: expected a value, found"));
  CHECK(lines_message("[1\n]").starts_with("byte 2: expected `,` or `]`, found"));
  CHECK(lines_message("1\n]") == "byte 2: expected a value, found `]`");
  CHECK(lines_message("]") == "byte 0: expected a value, found `]`");
  CHECK(lines_message("1\n{") == "byte 3: expected a key or `}`, found the end");
  CHECK(lines_message("\xEF\xBB\xBF{}") == "byte 0: a byte order mark");
}

TEST_CASE("limits hold over all lines, equal keys within an object") {
  CHECK(lines_message("{\"a\":1}\n{\"a\":1}") == "accepted");
  CHECK(lines_message("{}\n{\"a\":1,\"a\":2}") == "byte 10: the object has this key already, which I-JSON forbids");
  CHECK(lines_message("[[]]\n[[]]", {.depth = 2}) == "accepted");
  CHECK(lines_message("[[]]\n[[[]]]", {.depth = 2}) == "byte 7: the report is nested deeper than 2");
  CHECK(lines_message("[1]\n[2]", {.members = 4}) == "accepted");
  CHECK(lines_message("[1]\n[2]", {.members = 3}).ends_with("the report has more than 3 members and elements"));
}

TEST_CASE("a dropped line goes with its line end") {
  CHECK(without_lines("{\"a\":1}\n{\"b\":2}\n[3]\n", {1}) == "{\"a\":1}\n[3]\n");
  CHECK(without_lines("{\"a\":1}\n{\"b\":2}\n[3]\n", {0}) == "{\"b\":2}\n[3]\n");
  CHECK(without_lines("{\"a\":1}\n{\"b\":2}\n[3]\n", {2}) == "{\"a\":1}\n{\"b\":2}\n");
  CHECK(without_lines("{\"a\":1}\n{\"b\":2}\n[3]", {2}) == "{\"a\":1}\n{\"b\":2}");
  CHECK(without_lines("1\r\n2\r\n3\r\n", {0, 1}) == "3\r\n");
  CHECK(without_lines("1\r\n2\r\n3\r\n", {1, 2}) == "1\r\n");
  CHECK(without_lines("1\n\n2\n 3\n", {1}) == "1\n 3\n");
  CHECK(without_lines("1\n2\n", {0, 1}) == "\n");
  CHECK(without_lines("1", {0}).empty());
}

TEST_CASE("whatever lines are dropped, the others are the lines of what is left") {
  for (const std::string end : {"\n", "\r\n", " \n"}) {
    for (unsigned dropped = 0; dropped < 16; ++dropped) {
      std::set<std::size_t> numbers;
      std::string text;
      std::string expected;
      for (unsigned i = 0; i < 4; ++i) {
        const std::string line = "{\"n\":" + std::to_string(i) + "}";
        text += line + end;
        if ((dropped >> i & 1) != 0) {
          numbers.insert(i);
        } else {
          expected += (expected.empty() ? "" : end) + line;
        }
      }
      CAPTURE(dropped);
      CHECK(without_lines(text, numbers) == expected + end);
    }
  }
}

TEST_CASE("the place of a fault names the line, from 0") {
  const auto place = [](std::string_view text) {
    return report::place_of_fault(core::MemoryBlob(text), {}, fingerprint_key(), Document::lines).value_or("nothing");
  };
  CHECK(place("{}\n{\"a\":x}") == "in `/1/a`");
  CHECK(place("{}\n{}") == "nothing");
}

TEST_CASE("the first token must begin what the report is said to be") {
  const auto check = [](std::string_view text, Document document) {
    const core::MemoryBlob blob(text);
    report::Scanner scanner(blob, {}, fingerprint_key(), document);
    const auto checked = report::check_document(scanner.next().value(), document);
    return checked ? "fits" : checked.error().message;
  };
  CHECK(check("{}", Document::object) == "fits");
  CHECK(check("[]", Document::object) == "the report is not a JSON object");
  CHECK(check("[]", Document::array) == "fits");
  CHECK(check("{}", Document::array) == "the report is not a JSON array");
  CHECK(check("{}\n", Document::lines) == "fits");
  CHECK(report::document_from("lines") == Document::lines);
  CHECK_FALSE(report::document_from("line"));
}
