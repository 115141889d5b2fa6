// What `dictionary check` proposes. With everything pasted it has nothing left to say, and the classifier finds
// nothing.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "drafts.hpp"

using namespace airlock;
using core::Json;
using prover::Misfit;

namespace {

constexpr std::string_view declared = R"({"format": "airlock-dictionary/2", "name": "d", "product": "p",
  "roles": {"event": {"always": "usage"}}, "fields": [
   {"path": "/seats", "type": "count", "sentinels": [-1], "class": "usage", "purpose": "billing", "about": "seats", "required": true},
   {"path": "/total", "type": "count", "class": "usage", "purpose": "billing", "sum_of": "/teams/*"},
   {"path": "/teams/*", "type": "count", "class": "usage", "key": {"type": "uuid", "class": "identifier"}},
   {"path": "/engine", "type": "enum", "values": ["postgres"], "class": "deployment"},
   {"path": "/note", "type": "version", "class": "version", "nullable": true},
   {"path": "/list", "type": "empty", "class": "usage"},
   {"path": "/o/a", "type": "count", "class": "usage"}]})";

/// The dictionary with all proposals pasted.
std::string pasted(const std::string& dictionary, const prover::Misfits& misfits) {
  Json json = Json::parse(dictionary);
  Json& fields = json["fields"];
  for (const Misfit& misfit : misfits.list) {
    if (misfit.proposal.empty()) continue;
    const Json proposal = Json::parse(misfit.proposal);
    const auto known = std::find_if(fields.begin(), fields.end(),
                                    [&](const Json& field) { return field["path"] == proposal["path"]; });
    if (known == fields.end()) {
      fields.push_back(proposal);
    } else {
      *known = proposal;
    }
  }
  return json.dump();
}

/// The proposals for a report, by path; `null` if there is none.
std::map<std::string, Json> proposals_for(const std::string& report) {
  std::map<std::string, Json> out;
  const auto misfits = test::misfits_of(report, std::string(declared));
  for (const Misfit& misfit : misfits.list)
    out[misfit.path] = misfit.proposal.empty() ? Json() : Json::parse(misfit.proposal);
  CHECK(test::misfits_of(report, pasted(std::string(declared), misfits)).list.empty());
  return out;
}

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_); }

  Json object(int depth) {
    static const std::vector<std::string> names{
        "o_x", "o_teams", "l_y", "l_users", "name", "count", "17",
        "18",  "a/b~c*",  "é å", "",        "v",    "email", "476fde3c-2a7a-4ba8-8b18-d24c6099ac60",
        "w",   "state"};
    Json out = Json::object();
    for (std::size_t i = below(6); i > 0; --i) {
      const std::string& name = names[below(names.size())];
      if (name.starts_with("o_") && depth > 0) {
        out[name] = object(depth - 1);
      } else if (name.starts_with("l_") && depth > 0) {
        out[name] = list(depth - 1);
      } else {
        out[name] = scalar();
      }
    }
    return out;
  }

 private:
  Json list(int depth) {
    Json out = Json::array();
    for (std::size_t i = below(4); i > 0; --i) out.push_back(below(3) == 0 ? object(depth) : scalar());
    return out;
  }
  Json scalar() {
    static const Json values = Json::parse(
        R"([1, -1, -77, 2.5, true, null, "", "x", "a b", "1.2.3", "ada@example.com", "2026-11-26", 1795748400, [], {},
            "git.example.com", 18446744073709551615, "476fde3c-2a7a-4ba8-8b18-d24c6099ac60", "10.0.0.1"])");
    return values[below(values.size())];
  }

  std::mt19937 random_;
};

}  // namespace

TEST_CASE("a widened declaration loses nothing that it said") {
  const auto proposals =
      proposals_for(R"({"seats": -2, "total": 1.5, "engine": "mysql", "note": "not a version", "list": [{"a": 1}]})");
  CHECK(
      proposals.at("/seats") ==
      Json::parse(R"({"path": "/seats", "type": "count", "sentinels": [-1, -2], "class": "usage", "purpose": "billing",
                        "about": "seats", "required": true})"));
  CHECK(proposals.at("/total")["sum_of"] == "/teams/*");
  CHECK(proposals.at("/total")["type"] == "number");
  CHECK(proposals.at("/engine")["values"] == Json{"postgres", "mysql"});
  CHECK(proposals.at("/engine").contains("review"));
  CHECK(proposals.at("/note")["type"] == Json{"version", "text"});
  CHECK(proposals.at("/note")["nullable"] == true);
  CHECK(proposals.at("/list/*/a")["type"] == "count");
  CHECK(proposals.find("/list") == proposals.end());
}

TEST_CASE("every placement that makes process refuse is named") {
  const auto proposals = proposals_for(
      R"({"new_empty": {}, "new_list": [], "teams": {"core": 7}, "o": 5, "engine": [], "first_name": "Ada", "x": {"y": {"17": 1}}})");
  CHECK(proposals.at("/new_empty")["type"] == "empty");
  CHECK(proposals.at("/new_list")["type"] == "empty");
  CHECK(proposals.at("/teams/*")["key"]["type"] == Json{"uuid", "text"});
  CHECK(proposals.at("/teams/*")["class"] == "usage");
  CHECK(proposals.at("/o")["type"] == "count");
  CHECK(proposals.at("/engine")["type"] == Json{"enum", "empty"});
  CHECK(proposals.at("/first_name")["class"] == "person");
  CHECK(proposals.at("/x/y/*")["key"]["class"] == "content");
}

TEST_CASE("what cannot be declared is named without a proposal") {
  const auto misfits = test::misfits_of(R"({"o": [1], "total": "seven"})", std::string(declared));
  REQUIRE(misfits.list.size() == 2);
  for (const Misfit& misfit : misfits.list) CHECK(misfit.proposal.empty());
}

TEST_CASE("drafts declare generated samples whole; proposals that are pasted leave nothing to propose") {
  int settled = 0;
  for (unsigned seed = 0; seed < 400; ++seed) {
    CAPTURE(seed);
    Maker maker(seed);
    std::vector<std::string> samples;
    for (std::size_t i = 1 + maker.below(3); i > 0; --i) samples.push_back(maker.object(3).dump());
    samples.push_back(R"({"always": 1})");
    const auto draft = test::draft_of(samples);
    if (draft.problems.empty()) {
      for (const std::string& sample : samples) {
        CAPTURE(sample);
        CHECK(test::not_declared(sample, draft.text) == std::vector<std::string>{});
      }
    }
    const std::string report = maker.object(3).dump();
    CAPTURE(report);
    CAPTURE(draft.text);
    const auto misfits = test::misfits_of(report, draft.text);
    const std::string after = pasted(draft.text, misfits);
    const auto left = test::misfits_of(report, after);
    for (const Misfit& misfit : left.list) CHECK_MESSAGE(misfit.proposal.empty(), misfit.path);
    CHECK(test::not_declared(report, draft.text).empty() == misfits.list.empty());
    CHECK(test::not_declared(report, after).empty() == left.list.empty());
    settled += left.list.empty() ? 1 : 0;
  }
  CHECK(settled > 300);
}
