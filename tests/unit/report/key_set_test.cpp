#include "report/key_set.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <set>
#include <vector>

#include "unit/report/support.hpp"

using airlock::report::KeySet;

TEST_CASE("every key is new once, also after the table grew") {
  KeySet keys;
  airlock::crypto::Fingerprinter fingerprint(airlock::test::fingerprint_key());
  const auto number = [&](int i) { return fingerprint(std::to_string(i)).words[0]; };
  constexpr int many = 5000;
  keys.open_object();
  for (int i = 0; i < many; ++i) REQUIRE(keys.insert(number(i)));
  for (int i = 0; i < many; ++i) REQUIRE_FALSE(keys.insert(number(i)));
}

TEST_CASE("the fingerprint of zeros is a key like any other") {
  KeySet keys;
  keys.open_object();
  CHECK(keys.insert(0));
  CHECK_FALSE(keys.insert(0));
  CHECK(keys.insert(2));
}

TEST_CASE("objects within objects agree with sets, wherever fingerprints fall and whenever a table grows") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    KeySet keys;
    std::vector<std::set<std::uint64_t>> model;
    // Few low bits make long runs, at the end of a table too; a mask of all bits spreads the keys.
    constexpr std::array<std::uint64_t, 4> masks{UINT64_MAX, 0xFFFFFFFF'00000007, 0xFFFFFFFF'0000001F, 0xFF};
    const std::uint64_t mask = masks[random() % masks.size()];
    const std::uint64_t offset = random() % 2 == 0 ? 0 : mask & 0xFFFF'FFFF;  // so that runs begin at the end
    for (int i = 0; i < 2000; ++i) {
      const auto move = random() % 40;
      if (model.empty() || (move == 0 && model.size() < 8)) {
        keys.open_object();
        model.emplace_back();
      } else if (move == 1) {
        keys.close_object();
        model.pop_back();
      } else {
        const std::uint64_t key = ((random() & mask) | offset) + 1;
        REQUIRE(keys.insert(key) == model.back().insert(key).second);
      }
    }
  }
}

TEST_CASE("equal keys of different objects are no duplicates, equal keys of one object are, however they are written") {
  CHECK(airlock::test::why(R"({"a": {"b": 1}, "c": {"b": 2, "a": 3}})") == "accepted");
  CHECK(airlock::test::why(R"({"a": {"b": 1}, "c": {"b": 2}, "\u0061": 3})") ==
        "byte 31: the object has this key already, which I-JSON forbids");
}

TEST_CASE("a scanner sees a duplicate however many keys lie between") {
  std::string text = "{";
  for (int i = 0; i < 3000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  for (int again = 0; again < 3000; again += 97) {
    CHECK(airlock::test::why(text + "\"" + std::to_string(again) + "\":0}") ==
          "byte " + std::to_string(text.size()) + ": the object has this key already, which I-JSON forbids");
  }
}
