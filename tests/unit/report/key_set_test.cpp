#include "report/key_set.hpp"

#include <doctest/doctest.h>

#include "unit/report/support.hpp"

using airlock::crypto::Fingerprint;
using airlock::report::KeySet;

TEST_CASE("every key is new once, also after the table grew") {
  KeySet keys;
  airlock::crypto::Fingerprinter fingerprint(airlock::test::fingerprint_key());
  constexpr int many = 5000;
  for (int i = 0; i < many; ++i) REQUIRE(keys.insert(fingerprint(std::to_string(i))));
  for (int i = 0; i < many; ++i) REQUIRE_FALSE(keys.insert(fingerprint(std::to_string(i))));
}

TEST_CASE("fingerprints that fall on one place of the table are told apart") {
  KeySet keys;
  for (std::uint64_t i = 0; i < 500; ++i) REQUIRE(keys.insert({{UINT64_MAX, i}}));
  for (std::uint64_t i = 0; i < 500; ++i) REQUIRE_FALSE(keys.insert({{UINT64_MAX, i}}));
  for (std::uint64_t i = 1; i < 500; ++i) REQUIRE(keys.insert({{i << 32, 7}}));
}

TEST_CASE("the fingerprint of zeros is a key like any other") {
  KeySet keys;
  CHECK(keys.insert({{0, 0}}));
  CHECK_FALSE(keys.insert({{0, 0}}));
  CHECK(keys.insert({{0, 1}}));
}

TEST_CASE("a scanner sees a duplicate however many keys lie between") {
  std::string text = "{";
  for (int i = 0; i < 3000; ++i) text += "\"" + std::to_string(i) + "\":0,";
  for (int again = 0; again < 3000; again += 97) {
    CHECK(airlock::test::why(text + "\"" + std::to_string(again) + "\":0}") ==
          "byte " + std::to_string(text.size()) + ": the object has this key already, which I-JSON forbids");
  }
}
