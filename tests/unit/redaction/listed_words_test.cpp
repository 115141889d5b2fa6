#include <doctest/doctest.h>

#include <chrono>
#include <random>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "kit.hpp"
#include "redaction/leak_scan.hpp"
#include "redaction/word_list.hpp"
#include "report/editor.hpp"

using namespace airlock::redaction;
using namespace airlock::redaction::kit;
using airlock::core::to_base64;
using airlock::core::to_hex;
using airlock::report::json_string;

namespace {

WordList listed(std::string_view text) { return word_list_from(text, "words.txt").value(); }

const airlock::crypto::Secret& key() {
  static const airlock::crypto::Secret out(std::string(16, 'f'));
  return out;
}

/// What the scan finds in a report from which nothing was taken out.
Result<Copies> look(const WordList& words, std::string_view members, const std::vector<FreeText>& texts = {},
                    const std::vector<std::string>& needed = {},
                    const Plan& plan = dropping({R"("path":"/p/blank")"})) {
  const std::string report = report_with(members);
  const airlock::core::MemoryBlob blob(report);
  return airlock::redaction::scan({blob, texts, needed}, small_dictionary(), plan, {TakenOut(), words}, {}, key());
}

bool finds(const std::string& list, const std::string& text) {
  return !look(listed(list), R"("deployment":)" + json_string(text)).value().places.empty();
}

std::string refusal(const Result<Copies>& looked) { return looked ? "" : looked.error().message; }

}  // namespace

TEST_CASE("a word of six characters or more is found as a needle of class person is") {
  for (const auto* text : {"falken", "FALKEN", "falken2", "project_falken", "(Falken)"}) {
    CAPTURE(text);
    CHECK(finds("Falken", text));
  }
  for (const auto* text : {"falkenau", "sfalken", "falke", "fal ken"}) {
    CAPTURE(text);
    CHECK_FALSE(finds("Falken", text));
  }
  CHECK(finds("Wolfeschlegelstein", "xwolfeschlegelsteinx"));
  CHECK(finds("Blue Whale", "the blue whale's"));
  CHECK(finds("Blue Whale", "xblue whalex"));
  CHECK_FALSE(finds("Blue Whale", "blue  whale"));
  CHECK(finds("10.0.0.1", "at 10.0.0.1:80"));
  CHECK_FALSE(finds("10.0.0.1", "10.0.0.12"));
  CHECK(finds("東京都千代田", "日本東京都千代田区"));
}

TEST_CASE("a word under six characters is found as a whole word anywhere") {
  for (const auto* text : {"nato", "NATO", "a Nato!", "nato2", "nato_x", "x-nato-y", "7nato"}) {
    CAPTURE(text);
    CHECK(finds("NATO", text));
  }
  for (const auto* text : {"natous", "sanato", "natoé", "énato", "nat", "n a t o"}) {
    CAPTURE(text);
    CHECK_FALSE(finds("NATO", text));
  }
  CHECK(finds("F35", "an f35, new"));
  CHECK(finds("F35", "x_f35-b"));
  for (const auto* text : {"f35b", "af35", "f351", "1f35"}) CHECK_FALSE(finds("F35", text));
  CHECK(finds("C++", "in c++11"));
  CHECK_FALSE(finds("C++", "abc++"));
  CHECK(finds("Zürch", "in ZüRCH"));
  CHECK_FALSE(finds("Zürch", "zürcher"));
  CHECK(finds("東京", "日本東京都"));
  CHECK(finds("ab", "ab"));
  CHECK_FALSE(finds("ab", "abc"));
  CHECK_FALSE(finds("ab", "a"));
}

TEST_CASE("a star stands for any ending, at a word of any length") {
  for (const auto* text : {"falke", "falken", "falkenau-2", "x falkes"}) CHECK(finds("Falke*", text));
  CHECK_FALSE(finds("Falke*", "sfalke"));
  for (const auto* text : {"falken", "falkenau"}) CHECK(finds("Falken*", text));
  CHECK_FALSE(finds("Falken*", "sfalkenau"));
  CHECK(finds("F35*", "f35b"));
  CHECK(finds("F35*", "f351"));
  CHECK_FALSE(finds("F35*", "1f35"));
  CHECK(finds("unit 12*", "unit 123"));
  CHECK_FALSE(finds("unit 12", "unit 123"));
  CHECK(finds("1234567*", "12345678"));
  CHECK_FALSE(finds("1234567", "12345678"));
  CHECK(finds("Wolfeschlegelstein*", "wolfeschlegelsteins"));
}

TEST_CASE("words are found in the forms of the scan") {
  for (const std::string list : {"Falken", "Falken*", "NATO"}) {
    const std::string word = list.substr(0, list.find('*'));
    for (const std::string& text : {to_base64("for " + word + " only"), to_hex("for " + word + " only"),
                                    "x" + to_base64("of " + word + "!"), std::string("%4eato and %46alken"),
                                    std::string("\\u004eato or \\u0046alken"), to_base64("%4eato, %46alken")}) {
      CAPTURE(list);
      CAPTURE(text);
      CHECK(finds(list, text));
    }
  }
  CHECK(finds(to_base64("Falken project"), "the falken project"));
}

TEST_CASE("words of digits only are not looked for in what is made of numbers, nor in JSON numbers") {
  const auto places = [](const std::string& list, const std::string& members) {
    return look(listed(list), members).value().places.size();
  };
  CHECK(places("1616", R"("deployment":"no 1616")") == 1);
  CHECK(places("1616", R"("deployment":"no 16161")") == 0);
  CHECK(places("1616", R"("version":"1.1616","total":1616)") == 0);
  CHECK(places("161616", R"("deployment":"x161616x","version":"1.161616","total":161616)") == 1);
  CHECK(places("beta", R"("version":"1.0.0-beta")") == 1);
}

TEST_CASE("a word goes with its member or element, with its key, and counts by the path where it stood") {
  const auto words = listed("NATO\nBlue Whale\nFalken*");
  const auto copies = look(words, R"("deployment":"for NATO","labels":["x","a blue whale","falkenau","Falken"],)"
                                  R"("teams":{"nato":{"size":3},"2":{"names":{"Blue Whale 2":1}}})");
  std::vector<std::string> found;
  for (const Copied& copied : copies.value().found) {
    std::string words_found;
    for (const std::string& word : copied.words) words_found += " " + word;
    found.push_back(copied.path + " <- " + copied.source + " " + std::to_string(copied.count) + ":" + words_found);
  }
  CHECK(found ==
        std::vector<std::string>{"/p/deployment <- words.txt 1: NATO", "/p/labels/* <- words.txt 3: Blue Whale Falken",
                                 "/p/teams/* <- words.txt 1: NATO", "/p/teams/*/names/* <- words.txt 1: Blue Whale"});
  // The counts that leave do not tell a word from a copy.
  std::vector<DatumCount> counts;
  add_counts(copies.value(), counts);
  REQUIRE(counts.size() == 4);
  CHECK(counts[0].path == "/p/deployment");
  CHECK(counts[0].what == "copied");
  CHECK(counts[0].action == "copied");
}

TEST_CASE("where a word cannot go the report is held, and no message has the word") {
  const auto words = listed("NATO");
  CHECK(refusal(look(words, R"("deployment":"for NATO")", {}, {"/p/deployment"})) ==
        "leak scan: `/p/deployment` has a word of `words.txt`");
  CHECK(refusal(look(words, "", {{"note", "for nato", true}})) == "leak scan: the note has a word of `words.txt`");
  CHECK(refusal(look(words, "", {{"file name", "for-nato.p7m", false}})) ==
        "leak scan: the file name has a word of `words.txt`");
  CHECK(refusal(look(words, "", {{"note", "for natous", true}})).empty());
  Profile holding{"test", Undeclared::drop, {}, CopiesAre::held};
  const auto strict = Plan::make(small_dictionary(), std::vector{holding}).value();
  const auto held = look(words, R"("deployment":"for NATO")", {}, {}, strict);
  CHECK(refusal(held) == "leak scan: `/p/deployment` has a word of `words.txt`");
  CHECK(held.error().hint.find("NATO") == std::string::npos);
}

TEST_CASE("what is a copy and a word too counts as a copy") {
  const auto plan = dropping({R"("path":"/p/host")"});
  const auto taken = redact(small_dictionary(), plan, report_with(host_member)).value().taken;
  const std::string left = report_with(R"("deployment":")" + host + "\"");
  const airlock::core::MemoryBlob blob(left);
  const auto copies =
      airlock::redaction::scan({blob, {}, {}}, small_dictionary(), plan, {*taken, listed(host)}, {}, key()).value();
  REQUIRE(copies.found.size() == 1);
  CHECK(copies.found[0].source == "/p/host");
}

TEST_CASE("a plan for a site with words drops twins, also where no profile redacts anything") {
  auto plan = Plan::make(small_dictionary(), std::vector{Profile{"as-published", Undeclared::refuse, {}}}).value();
  CHECK_FALSE(plan.redacts());
  plan.take_words_out();
  CHECK(plan.redacts());
  const auto outcome = redact(small_dictionary(), plan, report_with(R"("deployment":"x","users__0__name":"NATO")"));
  REQUIRE_MESSAGE(outcome.result, outcome.error());
  CHECK(outcome.bytes == report_with(R"("deployment":"x")"));
}

TEST_CASE("searching agrees with a plain search for every word in turn") {
  std::mt19937 random(5);
  const auto text_of = [&](std::size_t most, std::string_view of) {
    std::string out;
    for (std::size_t size = random() % most + 1; out.size() < size;) out += of[random() % of.size()];
    return out;
  };
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  std::size_t hits = 0;
  for (int round = 0; round < 3000; ++round) {
    std::vector<Word> words;
    for (std::size_t i = random() % 6 + 1; i > 0; --i) {
      const std::string text = "a" + text_of(13, "aab1. ");
      if (const auto word = word_from(text.back() == ' ' ? text + "b" : text)) {
        words.push_back({word->text, random() % 4 == 0});
      }
    }
    const WordList list = sorted_words(words);
    const std::string text = text_of(60, "aaab1. _");
    bool wanted = false;
    for (const Word& word : list) {
      const std::string& needle = word.text;
      const bool letters = std::all_of(needle.begin(), needle.end(), is_letter);
      const bool is_short = needle.size() < 6;
      const bool by_letters = letters && needle.size() < 12;
      const auto joins = [&](char inside, char outside) {
        if (by_letters) return is_letter(inside) && is_letter(outside);
        if (is_short) return (is_letter(inside) || is_digit(inside)) && (is_letter(outside) || is_digit(outside));
        return is_digit(inside) && is_digit(outside);
      };
      for (auto at = text.find(needle); at != text.npos; at = text.find(needle, at + 1)) {
        const std::size_t end = at + needle.size();
        const bool begins = at == 0 || !joins(needle.front(), text[at - 1]);
        const bool ends = word.any_ending || end == text.size() || !joins(needle.back(), text[end]);
        wanted |= begins && ends;
      }
    }
    CAPTURE(text);
    CHECK(!look(list, R"("deployment":)" + json_string(text)).value().places.empty() == wanted);
    hits += wanted ? 1U : 0U;
  }
  CHECK(hits > 300);
}

TEST_CASE("ten thousand words are looked for nearly as fast as none") {
  std::string list;
  std::mt19937 random(7);
  for (int i = 0; i < 10'000; ++i) {
    for (std::size_t size = 3 + random() % 12; size > 0; --size) list += static_cast<char>('a' + random() % 26);
    list += i % 4 == 0 ? "*\n" : "\n";
  }
  const WordList words = listed(list);
  CHECK(words.size() > 9'000);
  std::string labels;
  for (int i = 0; i < 20'000; ++i) {
    labels +=
        (i == 0 ? "\"" : ",\"") + std::to_string(random()) + " plain text of a report, " + std::to_string(i) + "\"";
  }
  const auto seconds = [&](const WordList& of) {
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(look(of, R"("labels":[)" + labels + "]"));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  const double without = seconds(no_words);
  CHECK(seconds(words) < 10 * without + 1);
}
