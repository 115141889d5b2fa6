#include "review/disclosed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace airlock::review {
namespace {

using dictionary::Class;

constexpr std::string_view declared = R"({"format": "airlock-dictionary/1", "name": "small", "product": "p",
 "roles": {"event": "/event"}, "events": ["e"], "twins": {"under": "/data", "separator": "__"},
 "fields": [
  {"path": "/event", "type": "enum", "values": ["e"], "class": "usage", "purpose": "routing", "about": "event"},
  {"path": "/data/n", "type": "count", "class": "usage", "purpose": "billing", "about": "number"},
  {"path": "/data/people/*", "type": "email", "class": "person", "purpose": "none", "about": "addresses"},
  {"path": "/data/city", "type": "text", "class": "location", "purpose": "none", "about": "city"},
  {"path": "/data/teams/*", "type": "count", "class": "usage", "purpose": "billing", "about": "figure",
   "key": {"type": "text", "class": "identifier"}}]})";

DisclosedData read(std::string_view report, const std::vector<envelope::RedactionCount>& redactions) {
  const auto dictionary = dictionary::Dictionary::parse(declared, "dictionary.json");
  REQUIRE_MESSAGE(dictionary, dictionary.error().message);
  const core::MemoryBlob bytes(report);
  auto data = read_disclosed({.bytes = bytes, .dictionary = *dictionary, .redactions = redactions}, 2);
  REQUIRE_MESSAGE(data, data.error().message);
  return std::move(*data);
}

const DataGroup* group(const DisclosedData& data, std::string_view path, DatumEffect effect) {
  for (const ClassPart& part : data.parts) {
    for (const DataGroup& each : part.groups) {
      if (each.path == path && each.effect == effect) return &each;
    }
  }
  return nullptr;
}

std::uint64_t remaining(const DisclosedData& data, Class cls, DatumEffect effect) {
  const auto found = data.remaining.classes.find(cls);
  return found == data.remaining.classes.end() ? 0 : found->second.at(static_cast<std::size_t>(effect));
}

}  // namespace

TEST_CASE("what stands in the bytes is counted by class, and what a manifest says was changed is not kept") {
  const auto data = read(R"({"event": "e", "data": {"n": 5, "people": ["person-aaaa", "person-bbbb", "a@b.example"],
    "teams": {"identifier-cccc": 1, "identifier-dddd": 2}}})",
                         {{"/data/people/*", "value", "pseudonymise", 2},
                          {"/data/teams/*", "key", "pseudonymise", 2},
                          {"/data/city", "value", "drop", 1},
                          {"/data", "undeclared", "drop", 3},
                          {"twins", "twin", "drop", 7}});
  CHECK(remaining(data, Class::person, DatumEffect::pseudonymised) == 2);
  CHECK(remaining(data, Class::person, DatumEffect::kept) == 1);
  CHECK(remaining(data, Class::identifier, DatumEffect::pseudonymised) == 2);
  CHECK(remaining(data, Class::usage, DatumEffect::kept) == 4);
  CHECK(remaining(data, Class::location, DatumEffect::kept) == 0);
  CHECK(data.remaining.twins == 0);
  CHECK(data.remaining.unknown == 0);

  const DataGroup* const city = group(data, "/data/city", DatumEffect::dropped);
  REQUIRE(city != nullptr);
  CHECK(city->count == 1);
  CHECK(city->shown.empty());
  CHECK(group(data, "/data", DatumEffect::misfit)->count == 3);
  CHECK(group(data, "twins", DatumEffect::dropped)->count == 7);
  CHECK(data.parts.back().cls == std::nullopt);
}

TEST_CASE("values are listed up to a number, and not where it is unknown which of them were changed") {
  const auto data = read(R"({"event": "e", "data": {"people": ["a@b.example", "c@d.example", "e@f.example"]}})", {});
  const DataGroup* const people = group(data, "/data/people/*", DatumEffect::kept);
  REQUIRE(people != nullptr);
  CHECK(people->count == 3);
  REQUIRE(people->shown.size() == 2);
  CHECK(people->shown[0].after == "a@b.example");
  CHECK(people->shown[0].place.empty());
  const auto masked = read(R"({"event": "e", "data": {"people": ["c@d.example", "[masked]"]}})",
                           {{"/data/people/*", "value", "mask", 1}});
  CHECK(group(masked, "/data/people/*", DatumEffect::masked)->shown.at(0).after == "[masked]");
  CHECK(group(masked, "/data/people/*", DatumEffect::kept)->shown.at(0).after == "c@d.example");
  const auto mixed = read(R"({"event": "e", "data": {"teams": {"identifier-cccc": 1, "Leeds": 2}}})",
                          {{"/data/teams/*", "key", "pseudonymise", 1}});
  CHECK(group(mixed, "/data/teams/*", DatumEffect::pseudonymised)->shown.empty());
}

TEST_CASE("a twin that leaves is counted, since it may be of any class") {
  const auto data = read(R"({"event": "e", "data": {"n": 5, "data__n": 5, "people__0": "a@b.example"}})", {});
  CHECK(data.remaining.twins >= 1);
}

TEST_CASE("what is no report is an error") {
  const auto dictionary = dictionary::Dictionary::parse(declared, "dictionary.json");
  const core::MemoryBlob bytes("{\"event\": ");
  const auto data = read_disclosed({.bytes = bytes, .dictionary = *dictionary, .redactions = {}}, 2);
  REQUIRE_FALSE(data);
  CHECK(data.error().code == core::Code::bad_input);
}

}  // namespace airlock::review
