#include "dictionary/steps.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <set>
#include <string>

using namespace airlock::dictionary;

TEST_CASE("the table of steps agrees with a map, for steps of every length and for many that are alike") {
  std::mt19937 random(11);
  std::set<std::string> names{""};
  while (names.size() < 400) {
    std::string name(random() % 40, 'a');
    for (char& c : name) c = random() % 4 == 0 ? static_cast<char>(random() % 256) : 'a';
    names.insert(name);
    names.insert(name + 'a');
  }
  Steps steps;
  std::map<std::pair<PlaceNumber, std::string>, PlaceNumber> model;
  PlaceNumber next = 1;
  for (const std::string& name : names) {
    for (PlaceNumber parent = 0; parent < 5; ++parent) {
      if (random() % 2 == 0) continue;
      steps.add(parent, name, next);
      model[{parent, name}] = next++;
    }
  }
  for (const std::string& name : names) {
    for (PlaceNumber parent = 0; parent < 6; ++parent) {
      const auto at = model.find({parent, name});
      REQUIRE(steps.find(parent, name) == (at == model.end() ? no_place : at->second));
      REQUIRE(steps.find(parent, name + "\x7F") == no_place);
    }
  }
}
