#include "redaction/selector.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace airlock;
using redaction::PathSelector;

namespace {

/// The rule as one would say it: `**` stands for no step, or for one and then again for `**`.
bool stands_for(const std::vector<std::string>& selector, std::size_t at, const dictionary::Field& field,
                std::size_t from, std::size_t to) {
  if (at == selector.size()) return from == to;
  const std::string& step = selector[at];
  if (step == "**") {
    return stands_for(selector, at + 1, field, from, to) ||
           (from < to && stands_for(selector, at, field, from + 1, to));
  }
  if (from == to) return false;
  if (step != "*" && (field.is_wildcard[from] || step != field.steps[from])) return false;
  return stands_for(selector, at + 1, field, from + 1, to);
}

}  // namespace

TEST_CASE("a selector stands for the same steps as by its definition, for 20 000 random pairs") {
  std::mt19937 random(20261128);
  const auto below = [&](unsigned most) { return std::uniform_int_distribution<unsigned>(0, most - 1)(random); };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<std::string> steps;
    std::string path;
    for (unsigned i = 1 + below(6); i > 0; --i) {
      steps.emplace_back(std::vector<std::string>{"a", "b", "*", "**"}[below(4)]);
      path += "/" + steps.back();
    }
    dictionary::Field field;
    for (unsigned i = below(7); i > 0; --i) {
      field.is_wildcard.push_back(below(3) == 0);
      field.steps.emplace_back(field.is_wildcard.back() ? "*" : std::vector<std::string>{"a", "b", "c"}[below(3)]);
    }
    const auto found = PathSelector::parse(path).value().matches(field);
    REQUIRE(found.size() == field.steps.size() + 1);
    for (std::size_t to = 0; to < found.size(); ++to) {
      CAPTURE(path);
      CHECK(found[to] == stands_for(steps, 0, field, 0, to));
    }
  }
}

TEST_CASE("a selector may have 64 steps") {
  std::string path;
  dictionary::Field field;
  for (int i = 0; i < 64; ++i) {
    path += "/a";
    field.steps.emplace_back("a");
    field.is_wildcard.push_back(false);
  }
  CHECK(PathSelector::parse(path).value().matches(field).back());
  CHECK(PathSelector::parse(path.substr(2) + "/**").value().matches(field).back());
  CHECK_FALSE(PathSelector::parse(path.substr(2) + "/b").value().matches(field).back());
  CHECK_FALSE(PathSelector::parse(path + "/a"));
}
