#include "redaction/needle_index.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace airlock::redaction;
using airlock::dictionary::Class;

namespace {

NeedleIndex index_of(const std::vector<std::pair<std::string, Class>>& needles) {
  Taken::Needles out;
  for (const auto& [text, cls] : needles) out[text].set(static_cast<std::size_t>(cls));
  return NeedleIndex(out);
}

}  // namespace

TEST_CASE("six characters of a person, a place, an identifier or a licence are found anywhere") {
  for (const Class cls : {Class::person, Class::location, Class::identifier, Class::licence}) {
    const auto index = index_of({{"London", cls}});
    CHECK(index.anywhere("london") == cls);
    CHECK(index.anywhere("in londonderry") == cls);
    CHECK_FALSE(index.anywhere("londo n"));
    CHECK_FALSE(index.anywhere(""));
    CHECK_FALSE(index.is_whole("london", cls));
  }
  CHECK_FALSE(index_of({{"London", Class::content}}).anywhere("london"));
  CHECK_FALSE(index_of({{"Leeds", Class::location}}).anywhere("leeds"));
}

TEST_CASE("characters count, not bytes") {
  CHECK_FALSE(index_of({{"Zürch", Class::location}}).anywhere("zürch"));
  CHECK(index_of({{"Zürich", Class::location}}).anywhere("in zürich"));
  CHECK(index_of({{"東京都千代田", Class::location}}).anywhere("日本東京都千代田区"));
  CHECK_FALSE(index_of({{"東京都", Class::location}}).anywhere("東京都"));
}

TEST_CASE("numbers are not looked for anywhere, and what only looks like one is") {
  for (const auto* number : {"1616800", "-51.5368", "0.0000001", "1.5E+300", "100000e-7"}) {
    const auto index = index_of({{number, Class::identifier}});
    CAPTURE(number);
    CHECK_FALSE(index.anywhere(number));
  }
  for (const auto* text : {"00441132", "165.22.112.27", "+441132", "1.35.0-rc", "1234567.", "1e+", "-"}) {
    const auto index = index_of({{std::string(text) + "      ", Class::identifier}});
    CAPTURE(text);
    CHECK(index.anywhere("x" + std::string(text) + "      x"));
  }
}

TEST_CASE("all other needles are whole texts of their own class") {
  const auto index = index_of({{"Lead", Class::content}, {"2", Class::identifier}, {"1616800", Class::licence}});
  CHECK(index.is_whole("lead", Class::content));
  CHECK_FALSE(index.is_whole("lead", Class::usage));
  CHECK_FALSE(index.is_whole("leads", Class::content));
  CHECK_FALSE(index.is_whole("lea", Class::content));
  CHECK(index.is_whole("2", Class::identifier));
  CHECK(index.is_whole("1616800", Class::licence));
  CHECK_FALSE(index.anywhere("lead"));
}

TEST_CASE("a needle of two kinds of class is looked for in both ways") {
  const auto index = index_of({{"posthog", Class::content}, {"posthog", Class::identifier}});
  CHECK(index.anywhere("a posthog b") == Class::identifier);
  CHECK(index.is_whole("posthog", Class::content));
  CHECK_FALSE(index.is_whole("posthog", Class::identifier));
}

TEST_CASE("whole words are found in the note from four characters on") {
  const auto index = index_of({{"Lead", Class::content},
                               {"$pageview", Class::content},
                               {"THE CRASH", Class::content},
                               {"job", Class::content},
                               {"1616800", Class::usage},
                               {"Café", Class::content},
                               {"leads to", Class::content}});
  for (const auto* hit : {"lead", "a lead!", "(lead)", "lead-gen", "saw $pageview", "the crash of monday",
                          "1616800 events", "café", "it leads to this", "a$pageview"}) {
    CAPTURE(hit);
    CHECK(index.word(hit));
  }
  for (const auto* miss : {"leader", "mislead", "lead_gen", "leads too", "lea d", "job", "16168001", "cafés",
                           "pageview", "the  crash", "", "lead\u00e9"}) {
    CAPTURE(miss);
    CHECK_FALSE(index.word(miss));
  }
}

TEST_CASE("a word is found also where a longer or shorter needle begins alike") {
  const auto index = index_of({{"lead", Class::content}, {"leadership", Class::usage}, {"leads", Class::version}});
  CHECK(index.word("lead") == Class::content);
  CHECK(index.word("leadership") == Class::usage);
  CHECK(index.word("leads") == Class::version);
  CHECK_FALSE(index.word("leader"));
}

TEST_CASE("a needle is found where another begins alike or is its beginning") {
  const auto index =
      index_of({{"posthog", Class::identifier}, {"posthog.net", Class::person}, {"posthouse", Class::location}});
  CHECK(index.anywhere("posthog.net") == Class::identifier);
  CHECK(index.anywhere("posthouse") == Class::location);
  CHECK_FALSE(index.anywhere("posthorn"));
}

TEST_CASE("of a very long needle its first bytes are enough") {
  const std::string text(1000, 'a');
  const auto index = index_of({{text + "1", Class::person}, {text + "2", Class::person}});
  CHECK(index.anywhere(std::string(anywhere_bytes_most, 'a')));
  CHECK_FALSE(index.anywhere(std::string(anywhere_bytes_most - 1, 'a')));
}

TEST_CASE("searching agrees with a plain search for every needle in turn") {
  std::mt19937 random(3);
  const auto text_of = [&](std::size_t most) {
    std::string out;
    for (std::size_t size = random() % most + 1; out.size() < size;) out += "ab."[random() % 3];
    return out;
  };
  std::size_t hits = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::pair<std::string, Class>> needles;
    for (std::size_t i = random() % 6; i > 0; --i) {
      needles.emplace_back(text_of(10), random() % 2 == 0 ? Class::person : Class::content);
    }
    const std::string text = text_of(300);
    bool anywhere = false;
    bool word = false;
    const auto is_word = [](char c) { return c != '.'; };
    for (const auto& [needle, cls] : needles) {
      const bool is_anywhere = cls == Class::person && needle.size() >= 6;
      for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) {
        const auto end = at + needle.size();
        const bool cut_before = at > 0 && is_word(text[at - 1]) && is_word(text[at]);
        const bool cut_behind = end < text.size() && is_word(text[end - 1]) && is_word(text[end]);
        if (is_anywhere) anywhere = true;
        if (!is_anywhere && needle.size() >= 4 && !cut_before && !cut_behind) word = true;
      }
    }
    const auto index = index_of(needles);
    CAPTURE(text);
    CHECK(index.anywhere(text).has_value() == anywhere);
    CHECK(index.word(text).has_value() == word);
    hits += static_cast<std::size_t>(anywhere) + static_cast<std::size_t>(word);
  }
  CHECK(hits > 200);
}
