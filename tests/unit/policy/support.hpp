#pragma once
/// \file
/// What the policy tests share: a small dictionary, and the shipped documents.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "dictionary/dictionary.hpp"
#include "policy/policy.hpp"

namespace airlock::test {

/// The content of a file of the repository; `path` is relative to its root.
inline std::string repository_file(const std::string& path) {
  std::ifstream in(std::string(AIRLOCK_SOURCE_ROOT) + "/" + path, std::ios::binary);
  REQUIRE_MESSAGE(in, path);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline const dictionary::Dictionary& small_dictionary() {
  static const auto dictionary = dictionary::Dictionary::parse(R"({
    "format": "airlock-dictionary/1", "name": "small", "product": "example",
    "roles": {"event": "/event"},
    "events": ["weekly", "daily"],
    "fields": [
      {"path": "/event", "type": "enum", "values": ["weekly", "daily"], "class": "usage", "purpose": "support", "about": "what it is"},
      {"path": "/total", "type": "count", "class": "usage", "purpose": "billing", "about": "how much"},
      {"path": "/user", "type": "text", "class": "person", "purpose": "none", "about": "who"},
      {"path": "/address", "type": "ip", "class": "identifier", "purpose": "none", "about": "from where"}]})",
                                                               "small.json");
  REQUIRE_MESSAGE(dictionary, dictionary.error().message);
  return *dictionary;
}

inline const dictionary::Dictionary& shipped_dictionary() {
  static const auto dictionary = dictionary::Dictionary::parse(
      repository_file("policy/dictionary/posthog-status-report.json"), "posthog-status-report.json");
  REQUIRE_MESSAGE(dictionary, dictionary.error().message);
  return *dictionary;
}

inline policy::Policy policy_from(const std::string& text) {
  auto policy = policy::Policy::parse(text, "policy.json", small_dictionary());
  REQUIRE_MESSAGE(policy, policy.error().message);
  return std::move(*policy);
}

inline policy::DecisionFacts facts(const std::string& tier, core::LicenceState state = core::LicenceState::valid) {
  policy::DecisionFacts out;
  out.tier = tier;
  out.licence = state;
  out.event = "weekly";
  return out;
}

}  // namespace airlock::test
