#include "wrap.hpp"

#include <doctest/doctest.h>
#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

using namespace airlock::console;

namespace {

std::vector<std::string> split(const std::string& text, const char* at) {
  std::vector<std::string> out;
  for (std::size_t start = 0; (start = text.find_first_not_of(at, start)) != text.npos;) {
    const std::size_t end = std::min(text.find_first_of(at, start), text.size());
    out.push_back(text.substr(start, end - start));
    start = end;
  }
  return out;
}

std::vector<std::string> words(const std::string& text) { return split(text, " \n"); }

constexpr std::array pieces{"a",
                            "the",
                            "ledger",
                            "`airlock process --held 3`",
                            "`airlock ledger adopt --reason 'put back'`,",
                            "/var/lib/airlock/outbox/0190b2c0.p7m",
                            "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
                            "'/a folder/with blanks'",
                            "site's",
                            "`",
                            "'",
                            "名前の長い会社",
                            "e\u0301te\u0301",
                            "naïve",
                            "\xff\xfe",
                            "",
                            " ",
                            "\n"};

std::string any_text(std::mt19937& random) {
  std::string out;
  for (std::size_t i = random() % 40; i > 0; --i) out += std::string(pieces.at(random() % pieces.size())) + " ";
  return out;
}

}  // namespace

TEST_CASE("columns are those of a terminal: none for what combines, two for what is wide") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("Größe") == 5);
  CHECK(columns("東京") == 4);
  CHECK(columns("e\u0301") == 1);
  CHECK(columns("\u0928\u093f\u0928\u0941") == 3);  // Devanagari: the second vowel sign stands below
  CHECK(columns("✓ 😀") == 4);
  CHECK(columns("\xff\x80") == 2);
  CHECK(columns("…") == 1);
}

TEST_CASE("a line is broken at blanks, and goes on further in") {
  CHECK(wrap("one two three four", 10, 2) == "one two\n  three\n  four");
  CHECK(wrap("one two three", 13, 2) == "one two three");
  CHECK(wrap("one two three", 12, 0) == "one two\nthree");
  CHECK(wrap("one  two   three", 10, 0) == "one  two\nthree");
  CHECK(wrap("", 10, 2).empty());
  CHECK(wrap("one two\n\nthree four\n", 8, 1) == "one two\n\nthree\n four\n");
  CHECK(wrap("  label  some more words", 16, 9) == "  label  some\n         more\n         words");
  CHECK(wrap("東京 東京 東京", 9, 0) == "東京 東京\n東京");
  CHECK(wrap("a\tb", 9, 0) == "a\tb");
  CHECK(wrap("a\tb", 8, 0) == "a\nb");
  CHECK(wrap("Allow this? Type yes: ", 40, 2) == "Allow this? Type yes: ");
}

TEST_CASE("what is in quotation marks stays whole while it fits on a line of its own") {
  CHECK(wrap("now run `airlock process --held 3` again", 30, 2) == "now run\n  `airlock process --held 3`\n  again");
  CHECK(wrap("now run `airlock process --held 3`", 26, 2) == "now run\n`airlock process --held 3`");
  CHECK(wrap("now run `airlock process --held 3` again", 20, 2) == "now run `airlock\n  process --held 3`\n  again");
  CHECK(wrap("dropped as '/a b/c d'", 18, 0) == "dropped as\n'/a b/c d'");
  CHECK(wrap("the site's own and the vendor's", 12, 0) == "the site's\nown and the\nvendor's");
  CHECK(wrap("an unclosed ` mark and 'another one", 14, 0) == "an unclosed `\nmark and\n'another one");
}

TEST_CASE("a word that is wider than the line begins a line, and is not broken") {
  CHECK(wrap("file 0123456789abcdef end", 10, 4) == "file\n0123456789abcdef\n    end");
  CHECK(wrap("sha 0123456789 end", 12, 4) == "sha\n  0123456789\n    end");
}

TEST_CASE("no width breaks nothing") {
  std::mt19937 random(1);
  for (int i = 0; i < 100; ++i) {
    const std::string text = any_text(random);
    CHECK(wrap(text, 0, 2) == text);
    CHECK(wrap_help(text, 0) == text);
  }
}

TEST_CASE("any text keeps its words, and only a line of one word is wider than it may be") {
  std::mt19937 random(20261130);
  for (int i = 0; i < 2000; ++i) {
    const std::string text = any_text(random);
    const std::size_t width = 1 + random() % 90;
    const std::size_t hanging = random() % 30;
    const std::string out = wrap(text, width, hanging);
    CAPTURE(text);
    CAPTURE(width);
    REQUIRE(words(out) == words(text));
    for (const std::string& line : split(out, "\n")) {
      REQUIRE((columns(line) <= width || words(line).size() <= 1));
    }
    const auto lines = split(text, "\n");
    if (std::all_of(lines.begin(), lines.end(), [&](const auto& line) { return columns(line) <= width; })) {
      REQUIRE(out == text);
    }
  }
}

TEST_CASE("a help text goes on below its second column, and examples stay whole") {
  CHECK(wrap_help("Options:\n  --note TEXT    a note for the bundle\n", 24) ==
        "Options:\n  --note TEXT    a note\n                 for the\n                 bundle\n");
  CHECK(wrap_help("  1  failed: the disk is full", 20) == "  1  failed: the\n     disk is full");
  CHECK(wrap_help("Examples:\n  airlock process - --note 'a b'\n\nExit codes:", 20) ==
        "Examples:\n  airlock process - --note 'a b'\n\nExit codes:");
  CHECK(wrap_help("            two words", 18) == "            two\n            words");
}
