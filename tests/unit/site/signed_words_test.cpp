// A list that an officer signed, and its section in `words.txt`.
#include "site/signed_words.hpp"

#include <doctest/doctest.h>

using namespace airlock;
using site::WordSection;

namespace {

constexpr auto id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";

core::Time time_of(std::string_view text) { return core::Time::from_text(text).value(); }

WordSection section_of(char key, std::string_view words, std::string_view time = "2026-11-30T17:00:00Z") {
  return {std::string(64, key), time_of(time), "CN=Ada, O=Bank", redaction::word_list_from(words, "x").value()};
}

std::string with(std::string_view file, const WordSection& section) {
  const auto out = site::with_section(file, "words.txt", section);
  REQUIRE_MESSAGE(out, out.error().message);
  return *out;
}

}  // namespace

TEST_CASE("a signed list is read back as it was signed") {
  const site::SignedWords words{id, time_of("2026-11-30T17:00:00Z"),
                                redaction::word_list_from("b c\nab*\n", "x").value()};
  const std::string text = site::to_document(words);
  CHECK(text == R"({"format":"airlock-words/1","site_id":")" + std::string(id) +
                    R"(","time":"2026-11-30T17:00:00Z","words":["ab*","b c"]})");
  const auto back = site::parse_signed_words(text).value();
  CHECK(back.site_id == id);
  CHECK(back.time == words.time);
  CHECK(back.words == words.words);
}

TEST_CASE("a signed list with anything that is no word is refused with its place and without the word") {
  const auto read = [](std::string_view words) {
    const auto out = site::parse_signed_words(R"({"format":"airlock-words/1","site_id":")" + std::string(id) +
                                              R"(","time":"2026-11-30T17:00:00Z","words":)" + std::string(words) + "}");
    return out ? "" : out.error().message;
  };
  CHECK(read(R"(["falke","NATO*"])").empty());
  CHECK(read("[]").empty());
  CHECK(read(R"(["falke","x"])") == "`list of words`: `/words/1`: has fewer than 2 characters");
  CHECK(read(R"(["# falke"])") == "`list of words`: `/words/0`: begins with a blank or a `#`, or ends with a blank");
  CHECK(read(R"([" falke"])").ends_with("ends with a blank"));
  CHECK(read(R"(["falke\nnato"])").ends_with("such as a control"));
  CHECK(read("[7]").ends_with("must be a string"));
  CHECK(read(R"("falke")") != "");
}

TEST_CASE("a section is added at the end, replaced in its place, and leaves everything else as it is") {
  std::string file = with("", section_of('a', "falke\n"));
  CHECK(file == "# airlock: list of key " + std::string(64, 'a') +
                    ", signed 2026-11-30T17:00:00Z, by CN=Ada, O=Bank\nfalke\n# airlock: end of the list of key " +
                    std::string(64, 'a') + "\n");
  file = with("# by hand\nblue whale", section_of('a', "falke\nnato*\n"));
  CHECK(file.starts_with("# by hand\nblue whale\n# airlock: list of key aaa"));
  file = with(file + "more\n", section_of('b', "other\n"));
  const auto sections = site::sections_of(file, "words.txt").value();
  REQUIRE(sections.size() == 2);
  CHECK(sections[0].words.size() == 2);
  CHECK(sections[0].officer == "CN=Ada, O=Bank");
  CHECK(sections[1].key_sha256 == std::string(64, 'b'));
  const std::string changed = with(file, section_of('a', "heron\n", "2026-12-01T00:00:00Z"));
  CHECK(changed.starts_with("# by hand\nblue whale\n# airlock: list of key aaa"));
  CHECK(changed.find("falke") == changed.npos);
  CHECK(changed.ends_with(file.substr(file.find("more\n"))));
  CHECK(site::sections_of(changed, "words.txt").value()[0].time == time_of("2026-12-01T00:00:00Z"));
  CHECK(with(changed, section_of('a', "", "2026-12-02T00:00:00Z")).find("heron") == changed.npos);
  // Whoever edits with another editor still has sections.
  std::string carriage;
  for (const char c : file) carriage += c == '\n' ? "\r\n" : std::string(1, c);
  CHECK(site::sections_of(carriage, "words.txt").value().size() == 2);
}

TEST_CASE("a section that does not end, or a second one of the same key, is refused with its line") {
  const std::string one = with("", section_of('a', "falke\n"));
  const auto message = [](const std::string& file) { return site::sections_of(file, "words.txt").error().message; };
  CHECK(message("x y\n" + one.substr(0, one.find("# airlock: end"))) ==
        "`words.txt`: line 2: the list of an officer has no end");
  CHECK(message(one + one) == "`words.txt`: line 4: an officer has a second list");
  CHECK(message(one.substr(0, one.find("# airlock: end")) + one) ==
        "`words.txt`: line 1: the list of an officer has no end");
  CHECK_FALSE(site::with_section(one + one, "words.txt", section_of('a', "falke\n")));
}

TEST_CASE("a list that makes too many words of all together is refused") {
  std::string many;
  for (std::size_t i = 0; i < redaction::words_limit; ++i) many += "word" + std::to_string(i) + "\n";
  CHECK(site::with_section(many, "words.txt", section_of('a', "")));
  CHECK_FALSE(site::with_section(many, "words.txt", section_of('a', "one more\n")));
}
