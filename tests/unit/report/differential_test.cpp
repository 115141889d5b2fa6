#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "unit/report/generator.hpp"
#include "unit/report/properties.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

constexpr std::uint64_t seed = 20261101;

Judge random_judge(Random& random) {
  return [offset = random.below(1 << 30), salt = 2 * random.below(1 << 20) + 1](std::size_t number) {
    static constexpr std::array<Verdict, 8> verdicts{Verdict::keep,        Verdict::keep,         Verdict::keep,
                                                     Verdict::drop,        Verdict::drop_late,    Verdict::drop_late,
                                                     Verdict::replace_key, Verdict::replace_value};
    return verdicts[((number + offset) * salt >> 7) % verdicts.size()];
  };
}

std::string published_report() {
  std::ifstream file(TEST_KIT "/status_report.json", std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_CASE("generated documents are read as nlohmann reads them") {
  Random random(seed);
  Generator generator(random);
  int accepted = 0;
  constexpr int documents = 3000;
  for (int i = 0; i < documents; ++i) {
    const std::string text = generator.document();
    CAPTURE(text);
    REQUIRE(differs_from_oracle(text).value_or("") == "");
    if (why(text) == "accepted") ++accepted;
  }
  MESSAGE("differential: ", documents, " documents, ", accepted, " accepted, seed ", seed);
  CHECK(accepted > documents / 2);
  CHECK(accepted < documents);
}

TEST_CASE("damaged documents are read as nlohmann reads them") {
  Random random(seed + 1);
  Generator generator(random);
  std::vector<std::string> corpus;
  for (int i = 0; i < 300; ++i) corpus.push_back(generator.document());
  corpus.push_back(published_report());
  const Mutator mutator(corpus,
                        {"{",
                         "}",
                         "[",
                         "]",
                         ",",
                         ":",
                         "\"",
                         "\\",
                         "\\u",
                         "\\ud800",
                         "0",
                         "-",
                         "e",
                         ".",
                         " ",
                         "null",
                         "true",
                         "\xEF\xBB\xBF",
                         "\xF0\x9F\x98\x80",
                         std::string(1, '\0')},
                        std::size_t{64} * 1024);
  int accepted = 0;
  constexpr int documents = 15000;
  for (int i = 0; i < documents; ++i) {
    const std::string text = mutator.next(random);
    CAPTURE(text);
    REQUIRE(differs_from_oracle(text).value_or("") == "");
    if (why(text) == "accepted") ++accepted;
  }
  MESSAGE("differential: ", documents, " damaged documents, ", accepted, " accepted, seed ", seed + 1);
  CHECK(accepted > documents / 20);
  CHECK(accepted < documents / 2);
}

TEST_CASE("edited documents are what nlohmann's DOM is without the members that went") {
  Random random(seed + 2);
  Generator generator(random);
  int edits = 0;
  while (edits < 3000) {
    const std::string text = generator.document();
    if (why(text) != "accepted") continue;
    CAPTURE(text);
    REQUIRE(edits_wrongly(text, random_judge(random)).value_or("") == "");
    ++edits;
  }
  MESSAGE("differential: ", edits, " edits, seed ", seed + 2);
}

TEST_CASE("the published report scans, and comes out byte for byte") {
  const std::string text = published_report();
  const Reading reading = read(text);
  REQUIRE_FALSE(reading.error);
  std::size_t values = 0;
  for (const Seen& token : reading.tokens) {
    if (token.is_scalar() || token.opens()) ++values;
  }
  CHECK(values == 260);
  CHECK(differs_from_oracle(text).value_or("") == "");
  Random random(seed + 3);
  for (int i = 0; i < 200; ++i) CHECK(edits_wrongly(text, random_judge(random)).value_or("") == "");
}
