// Splitting of names into words, and the word list.
#include <doctest/doctest.h>

#include "drafts.hpp"
#include "prover/words.hpp"

using namespace airlock;
using prover::NameWords;
using prover::WordRole;
using prover::words_of;

namespace {

using Words = std::vector<std::string>;

/// The phrases that the built-in list finds in a name, each as its words joined.
Words phrases_in(std::string_view name) {
  const Words words = words_of(name);
  Words out;
  for (const auto& phrase : NameWords::built_in().find(words)) {
    std::string text;
    for (std::size_t i = phrase.begin; i < phrase.end; ++i) text += (text.empty() ? "" : " ") + words[i];
    out.push_back(text);
  }
  return out;
}

std::string refusal(std::string_view document) {
  const auto list = NameWords::parse(document, "words.json");
  REQUIRE_FALSE(list);
  return list.error().message;
}

}  // namespace

TEST_CASE("a name in any style becomes the same words") {
  for (const auto* name :
       {"first_name", "firstName", "FirstName", "first-name", "first.name", "FIRST_NAME", "first name"}) {
    CHECK(words_of(name) == Words{"first", "name"});
  }
  CHECK(words_of("HTTPServer") == Words{"http", "server"});
  CHECK(words_of("userIDs") == Words{"user", "i", "ds"});
  CHECK(words_of("license_md5") == Words{"license", "md5"});
  CHECK(words_of("stats.ds_access.count") == Words{"stats", "ds", "access", "count"});
  CHECK(words_of("förnamn") == Words{"förnamn"});
  CHECK(words_of("__$") == Words{});
}

TEST_CASE("the longest phrase wins, in the singular or plural") {
  CHECK(phrases_in("primary_email_addresses") == Words{"email addresses"});
  CHECK(phrases_in("companies") == Words{"companies"});
  CHECK(phrases_in("date_of_birth") == Words{"date of birth"});
  CHECK(phrases_in("zzz") == Words{});
  const auto phrases = NameWords::built_in().find({"users"});
  REQUIRE(phrases.size() == 1);
  CHECK(phrases[0].is_plural);
  CHECK(phrases[0].has(WordRole::subject));
  CHECK_FALSE(phrases[0].has(WordRole::figure));
}

TEST_CASE("the built-in list is the one of the source tree") {
  const auto list = NameWords::parse(test::source_file("policy/words.json"), "words.json");
  REQUIRE_MESSAGE(list, list.error().message);
  CHECK(list->size() == NameWords::built_in().size());
  CHECK(list->size() > 1000);
}

TEST_CASE("a word list with a mistake is refused with its place") {
  CHECK(refusal(R"({"format": "airlock-name-words/1", "groups": [{"role": "verb", "words": ["x"]}]})") ==
        "`words.json`: `/groups/0/role`: `verb` is not a role");
  CHECK(
      refusal(
          R"({"format": "airlock-name-words/1", "groups": [{"role": "value", "class": "colour", "looks_like": "x", "words": ["x"]}]})") ==
      "`words.json`: `/groups/0/class`: `colour` is not a class");
  CHECK(refusal(R"({"format": "airlock-name-words/1", "groups": [{"role": "name", "words": ["First"]}]})")
            .find("lower case") != std::string::npos);
  CHECK(
      refusal(R"({"format": "airlock-name-words/1", "groups": [{"role": "name", "class": "person", "words": ["x"]}]})")
          .find("class") != std::string::npos);
}
