#include "redaction/needle_index.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace airlock::redaction;
using airlock::dictionary::Class;

namespace {

using Needles = std::vector<std::pair<std::string, Class>>;

TakenOut taken_of(const Needles& needles) {
  TakenOut out;
  for (const auto& [text, cls] : needles) REQUIRE(out.add_text(text, cls, true, out.source_id("/x")));
  return out;
}

NeedleIndex index_of(const Needles& needles) {
  return NeedleIndex(taken_of(needles), no_words, airlock::crypto::Secret(std::string(16, 'k')));
}

std::optional<Class> anywhere(const NeedleIndex& index, std::string_view text) {
  SearchBudget budget(1'000'000);
  const auto found = index.anywhere(text, true, budget);
  return found ? std::optional(found->cls) : std::nullopt;
}

}  // namespace

TEST_CASE("six characters of a person, a place, an identifier or a licence are found anywhere") {
  for (const Class cls : {Class::person, Class::location, Class::identifier, Class::licence}) {
    const auto index = index_of({{"London-1", cls}});
    CHECK(anywhere(index, "london-1") == cls);
    CHECK(anywhere(index, "inlondon-1x") == cls);
    CHECK_FALSE(anywhere(index, "london -1"));
    CHECK_FALSE(anywhere(index, ""));
    CHECK_FALSE(index.whole("london-1", cls));
  }
  CHECK_FALSE(anywhere(index_of({{"London", Class::content}}), "london"));
  CHECK_FALSE(anywhere(index_of({{"Leeds", Class::location}}), "leeds"));
}

TEST_CASE("characters count, not bytes, and scripts without spaces have no words") {
  CHECK_FALSE(anywhere(index_of({{"Zürch", Class::location}}), "zürch"));
  CHECK(anywhere(index_of({{"Zürich", Class::location}}), "in zürich"));
  CHECK(anywhere(index_of({{"東京都千代田", Class::location}}), "日本東京都千代田区"));
  CHECK_FALSE(anywhere(index_of({{"東京都", Class::location}}), "東京都"));
  CHECK_FALSE(anywhere(index_of({{"Москва", Class::location}}), "Москвариум"));
}

TEST_CASE("a text that only looks like a number is found anywhere, digits alone from nine on") {
  for (const auto* text : {"+441132", "165.22.112.27", "-51.5368", "1.35.0-rc", "1234567."}) {
    CAPTURE(text);
    CHECK(anywhere(index_of({{text, Class::identifier}}), "x" + std::string(text) + "x"));
  }
  CHECK_FALSE(anywhere(index_of({{"00441132", Class::identifier}}), "00441132"));
  CHECK(anywhere(index_of({{"004411320", Class::identifier}}), "x004411320x"));
  CHECK_FALSE(anywhere(index_of({{"004411320", Class::usage}}), "004411320"));
}

TEST_CASE("digits that are hex of a text are looked for as that text too") {
  TakenOut taken;
  REQUIRE(taken.add_number("78746570747672", Class::location, taken.source_id("/x")));
  const NeedleIndex index(taken, no_words, airlock::crypto::Secret(std::string(16, 'k')));
  CHECK(anywhere(index, "in xteptvr") == Class::location);
  CHECK(anywhere(index, "x78746570747672x") == Class::location);
}

TEST_CASE("all other needles are whole texts of their own class") {
  const auto index = index_of({{"Lead", Class::content}, {"2a", Class::identifier}});
  CHECK(index.whole("lead", Class::content));
  CHECK_FALSE(index.whole("lead", Class::usage));
  CHECK_FALSE(index.whole("leads", Class::content));
  CHECK_FALSE(index.whole("lea", Class::content));
  CHECK(index.whole("2a", Class::identifier));
  CHECK_FALSE(anywhere(index, "lead"));
}

TEST_CASE("a needle of two kinds of class is looked for in both ways") {
  const auto index = index_of({{"posthog", Class::content}, {"posthog", Class::identifier}});
  CHECK(anywhere(index, "a posthog b") == Class::identifier);
  CHECK(index.whole("posthog", Class::content));
  CHECK_FALSE(index.whole("posthog", Class::identifier));
}

TEST_CASE("whole words are found in the note from four characters on") {
  TakenOut taken = taken_of({{"Lead", Class::content},
                             {"$pageview", Class::content},
                             {"THE CRASH", Class::content},
                             {"job", Class::content},
                             {"Café", Class::content},
                             {"leads to", Class::content}});
  REQUIRE(taken.add_number("16168", Class::usage, 0));
  REQUIRE(taken.add_number("1616", Class::usage, 0));
  const NoteIndex index(taken);
  for (const auto* hit : {"lead", "a lead!", "(lead)", "lead-gen", "saw $pageview", "the crash of monday",
                          "16168 events", "café", "it leads to this", "a$pageview"}) {
    CAPTURE(hit);
    CHECK(index.word(hit));
  }
  for (const auto* miss : {"leader", "mislead", "lead_gen", "leads too", "lea d", "job", "161681", "cafés", "1616",
                           "pageview", "the  crash", "", "lead\u00e9"}) {
    CAPTURE(miss);
    CHECK_FALSE(index.word(miss));
  }
}

TEST_CASE("a needle is found where another begins alike or is its beginning") {
  const auto index =
      index_of({{"posthog.n", Class::identifier}, {"posthog.net", Class::person}, {"posthouse", Class::location}});
  CHECK(anywhere(index, "posthog.net") == Class::identifier);
  CHECK(anywhere(index, "posthouse") == Class::location);
  CHECK_FALSE(anywhere(index, "posthorn"));
  const auto digits = index_of({{"ip 10.0", Class::identifier}, {"ip 10.0.0.1", Class::person}});
  CHECK(anywhere(digits, "ip 10.0.0.1") == Class::person);
  CHECK(anywhere(digits, "ip 10.0.0.12") == Class::identifier);
  CHECK_FALSE(anywhere(digits, "ip 10.01"));
}

TEST_CASE("of a very long needle its first bytes are enough") {
  const std::string text(1000, 'a');
  const auto index = index_of({{text + "1", Class::person}, {text + "2", Class::person}});
  CHECK(anywhere(index, std::string(anywhere_bytes_maximum, 'a')));
  CHECK_FALSE(anywhere(index, std::string(anywhere_bytes_maximum - 1, 'a')));
}

TEST_CASE("searching agrees with a plain search for every needle in turn") {
  std::mt19937 random(3);
  const auto text_of = [&](std::size_t most) {
    std::string out;
    for (std::size_t size = random() % most + 1; out.size() < size;) out += "aa.1"[random() % 4];
    return out;
  };
  const auto is_digit = [](char c) { return c == '1'; };
  const auto is_letter = [](char c) { return c == 'a' || c == 'b'; };
  std::size_t hits = 0;
  for (int round = 0; round < 2000; ++round) {
    Needles needles;
    for (std::size_t i = random() % 12; i > 0; --i) {
      needles.emplace_back(text_of(8), random() % 2 == 0 ? Class::person : Class::content);
    }
    const std::string text = text_of(300);
    bool is_anywhere = false;
    for (const auto& [needle, cls] : needles) {
      const bool is_number = std::all_of(needle.begin(), needle.end(), is_digit);
      if (cls != Class::person || needle.size() < (is_number ? 9 : 6)) continue;
      const bool is_word = std::all_of(needle.begin(), needle.end(), is_letter) && needle.size() < 12;
      for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) {
        const char before = at > 0 ? text[at - 1] : '.';
        const char behind = at + needle.size() < text.size() ? text[at + needle.size()] : '.';
        const bool cut = (is_word && (is_letter(before) || is_letter(behind))) ||
                         (is_digit(needle.front()) && is_digit(before)) ||
                         (is_digit(needle.back()) && is_digit(behind));
        if (!cut) is_anywhere = true;
      }
    }
    const auto index = index_of(needles);
    CAPTURE(text);
    CHECK(anywhere(index, text).has_value() == is_anywhere);
    hits += static_cast<std::size_t>(is_anywhere);
  }
  CHECK(hits > 200);
}
