#include "table.hpp"

#include <doctest/doctest.h>
#include <string>

using namespace airlock::console;

namespace {

struct Lines {
  std::string text;
  std::size_t hanging = 0;
  Table table(TableForm form = {}) {
    return {form, [this](std::string_view line, std::size_t at) {
              text += std::string(line) + "\n";
              hanging = at;
            }};
  }
};

}  // namespace

TEST_CASE("the columns of a table begin below each other, by what a terminal shows") {
  Lines lines;
  Table table = lines.table();
  table.add({"a", "東京", "one"});
  table.add({"bcd", "e\u0301", "two"});
  CHECK(lines.text.empty());
  table.finish();
  CHECK(lines.text == "a    東京  one\nbcd  e\u0301     two\n");
  CHECK(lines.hanging == 11);
}

TEST_CASE("rows may lack cells at their end, and the last cell may have several lines") {
  Lines lines;
  Table table = lines.table({.indent = 2, .gap = 1});
  table.add({"label", "first\nsecond"});
  table.add({"x", ""});
  table.add({"alone"});
  table.finish();
  CHECK(lines.text == "  label first\n        second\n  x\n  alone\n");
}

TEST_CASE("a long table is printed while it grows, and a later cell that is wider loses nothing") {
  Lines lines;
  Table table = lines.table();
  for (int i = 0; i < 500; ++i) table.add({"a", "b"});
  CHECK(lines.text.size() == 500 * 5);
  table.add({"wider", "b"});
  CHECK(lines.text.ends_with("a  b\nwider  b\n"));
  table.finish();
  CHECK(lines.text.size() == 500 * 5 + 9);
}

TEST_CASE("a cell cannot control a terminal") {
  Lines lines;
  Table table = lines.table();
  table.add({"\x1b[2J", "b"});
  table.finish();
  CHECK(lines.text == "\\u001b[2J  b\n");
}
