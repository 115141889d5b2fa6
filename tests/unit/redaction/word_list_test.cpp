#include "redaction/word_list.hpp"

#include <doctest/doctest.h>

using namespace airlock::redaction;

namespace {

/// The message for a list, or what it has: `word` or `word*`, one after another.
std::string read(std::string_view text) {
  const auto list = word_list_from(text, "words.txt");
  if (!list) return list.error().message;
  std::string out;
  for (const Word& word : *list) out += (out.empty() ? "" : "|") + word.text + (word.any_ending ? "*" : "");
  return out;
}

}  // namespace

TEST_CASE("a list has a word or phrase on each line, comments, blank lines and words with any ending") {
  CHECK(read("") == "");
  CHECK(read("# customers\n\n  Falke \nBlue Whale*\n\t# more\nC#\n") == "Blue Whale*|C#|Falke");
  CHECK(read("Falke") == "Falke");
  CHECK(read("Falke *\n") == "Falke*");
}

TEST_CASE("what an editor adds is dropped: a byte order mark and carriage returns") {
  CHECK(read("\xEF\xBB\xBF"
             "Falke\r\nZürich\r\n") == "Falke|Zürich");
}

TEST_CASE("words that differ in case are one, and the one with any ending stays") {
  CHECK(read("falke\nFALKE\nFalke*\n") == "Falke*");
  CHECK(read("Falke\nfalke\n") == "Falke");
}

TEST_CASE("a line that is no word is refused with its number and without the word") {
  CHECK(read("ok\n\xFF\xFE\n") == "`words.txt`: line 2: the word is not UTF-8");
  for (const auto* hidden : {"a\x01z", "a\tz", "zero\u200Bwidth", "right\u202Eleft", "no\u00A0break"}) {
    CAPTURE(hidden);
    CHECK(read("# one\n\n" + std::string(hidden)) ==
          "`words.txt`: line 3: the word has a character that a reader would not see, such as a control");
  }
  CHECK(read(std::string("nul\0byte", 8)).starts_with("`words.txt`: line 1: the word has a character"));
  CHECK(read("Fal*ke") == "`words.txt`: line 1: the word has a `*` that is not at its end");
  CHECK(read("*Falke") == "`words.txt`: line 1: the word has a `*` that is not at its end");
  CHECK(read("Falke**") == "`words.txt`: line 1: the word has a `*` that is not at its end");
  CHECK(read("x") == "`words.txt`: line 1: the word has fewer than 2 characters");
  CHECK(read("ü*") == "`words.txt`: line 1: the word has fewer than 2 characters");
  CHECK(read("*") == "`words.txt`: line 1: the word has fewer than 2 characters");
  CHECK(read("---") == "`words.txt`: line 1: the word has neither a letter nor a digit");
  CHECK(read(std::string(word_bytes_limit, 'a')) == std::string(word_bytes_limit, 'a'));
  CHECK(read(std::string(word_bytes_limit + 1, 'a')) == "`words.txt`: line 1: the word is longer than 200 bytes");
}

TEST_CASE("a list has a limited number of words") {
  std::string list;
  for (std::size_t i = 0; i < words_limit; ++i) list += "word" + std::to_string(i) + "\n";
  CHECK(word_list_from(list, "words.txt").value().size() == words_limit);
  CHECK(read(list + "# a comment is no word\none more\n") ==
        "`words.txt`: line 10002: the list has more than 10000 words, the maximum");
}
