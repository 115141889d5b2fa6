#include "core/nearest.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using airlock::core::nearest;
using airlock::core::typing_distance;

TEST_CASE("a letter left out, put in, replaced or swapped with its neighbour is one step") {
  CHECK(typing_distance("status", "status") == 0);
  CHECK(typing_distance("statsu", "status") == 1);
  CHECK(typing_distance("staus", "status") == 1);
  CHECK(typing_distance("statuss", "status") == 1);
  CHECK(typing_distance("stazus", "status") == 1);
  CHECK(typing_distance("", "abc") == 3);
  CHECK(typing_distance("abc", "") == 3);
  CHECK(typing_distance("ca", "abc") == 3);  // optimal string alignment: what was swapped is not touched again
}

TEST_CASE("the nearest word is named, and none where none is near") {
  const std::vector<std::string> words{"status", "process", "preview", "policy", "licence"};
  CHECK(nearest("statsu", words) == "status");
  CHECK(nearest("proces", words) == "process");
  CHECK(nearest("license", words) == "licence");
  CHECK(nearest("STATUS", words) == "status");
  CHECK(nearest("nonsense", words).empty());
  CHECK(nearest("", words).empty());
  CHECK(nearest("x", words).empty());
  CHECK(nearest("x", {"a", "b"}).empty());
  CHECK(nearest(std::string(100000, 'p'), words).empty());
}

TEST_CASE("an option's dashes make it no nearer") {
  CHECK(nearest("--jsn", {"--json", "--site"}) == "--json");
  CHECK(nearest("-json", {"--json", "--site"}) == "--json");
  CHECK(nearest("--x", {"--to", "--yes"}).empty());
}

TEST_CASE("a beginning names its word where it is that of one only") {
  CHECK(nearest("auth", {"authorise", "status"}) == "authorise");
  CHECK(nearest("vendor", {"--vendor-root", "--vendor-root-sha256"}).empty());
}
