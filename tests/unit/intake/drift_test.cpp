// What a bundle says about drift, and how the register adds it up.

#include "intake/drift.hpp"

#include "core/io.hpp"
#include "register_desk.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string dictionary_text = R"({
  "format": "airlock-dictionary/2", "name": "crm", "product": "crm",
  "roles": {"event": "/kind", "version": "/version"}, "events": ["weekly"],
  "fields": [
    {"path": "/kind", "type": "enum", "values": ["weekly"], "class": "usage"},
    {"path": "/version", "type": "version", "class": "version"},
    {"path": "/seats", "type": "count", "class": "usage", "required": true, "nullable": true},
    {"path": "/nodes", "type": "count", "class": "usage", "required": true, "sentinels": [-1]}]})";

ReportFacts facts(const std::string& report, const envelope::Manifest& manifest = {}) {
  const auto dictionary = dictionary::Dictionary::parse(dictionary_text, "dictionary.json");
  REQUIRE_MESSAGE(dictionary, dictionary.error().message);
  return facts_of(manifest, core::MemoryBlob(report), &*dictionary, &*dictionary);
}

const MisfitCount no_seats{"missing", "/seats", 1};
const MisfitCount no_nodes{"missing", "/nodes", 1};

TEST_CASE("the version is the report's, if it has the type, and empty otherwise") {
  CHECK(facts(R"({"version": "5.0.0-rc.1", "seats": 1, "nodes": 2})").version == "5.0.0-rc.1");
  CHECK(facts(R"({"version": "version-abc", "seats": 1, "nodes": 2})").version.empty());
  CHECK(facts(R"({"seats": 1, "nodes": 2})").version.empty());
  CHECK(facts(R"({"version": "5.0.0", "seats": )").version.empty());
  const auto own = facts_of({}, core::MemoryBlob("{}"), nullptr, nullptr);
  CHECK(own == ReportFacts{});
}

TEST_CASE("a required figure is missing if it is not there, of another type, null or a sentinel") {
  CHECK(facts(R"({"seats": 1, "nodes": 2})").misfits.empty());
  CHECK(facts(R"({"seats": 1})").misfits == std::vector{no_nodes});
  CHECK(facts(R"({"seats": 1.5, "nodes": "[masked]"})").misfits == std::vector{no_seats, no_nodes});
  CHECK(facts(R"({"seats": null, "nodes": -1})").misfits == std::vector{no_seats, no_nodes});
  CHECK(facts(R"({"seats": 1, )").misfits.empty());
}

TEST_CASE("a required figure that the policy took out or replaced is not missing") {
  envelope::Manifest manifest;
  manifest.redactions = {{"/seats", "value", "pseudonymise", 1}, {"/nodes", "ill_typed", "drop", 1}};
  CHECK(facts(R"({"seats": "usage-aaaa"})", manifest).misfits ==
        std::vector<MisfitCount>{{"ill_typed", "/nodes", 1}, no_nodes});
}

TEST_CASE("the manifest's counts of what does not fit are added up, and other counts left out") {
  envelope::Manifest manifest;
  manifest.redactions = {{"/", "undeclared", "drop", 2},
                         {"/a", "value", "drop", 9},
                         {"/a", "ill_typed", "drop", 1},
                         {"/a", "ill_typed", "drop", 3},
                         {"/a", "copied", "drop", 1}};
  manifest.passed_over = {{1, "held", {}}, {2, "withheld", {}}, {3, "held", {}}};
  const auto found = facts(R"({"seats": 1, "nodes": 2})", manifest);
  CHECK(found.misfits == std::vector<MisfitCount>{{"ill_typed", "/a", 4}, {"undeclared", "/", 2}});
  CHECK(found.held == 2);
}

TEST_CASE("the register adds up by version, dictionary, kind and path, and keeps each bundle's facts once") {
  Desk desk;
  for (std::uint64_t n = 1; n <= 3; ++n) {
    Arrival one = bundle(n, n - 1);
    one.facts = ReportFacts{n == 3 ? "2.0" : "1.0", "old", 1, {{"undeclared", "/", n}}};
    desk.take(one);
    one.facts->held = 100;
    desk.take(one);
  }
  desk.take(bundle(4, 3));  // as a release took it in that did not keep facts
  const auto found = desk.reg().drift(site_id, "", "new");
  REQUIRE_MESSAGE(found, found.error().message);
  CHECK(found->reports == 3);
  CHECK(found->unknown == 1);
  CHECK(found->held == 3);
  REQUIRE(found->rows.size() == 2);
  CHECK(found->rows[0].misfits == MisfitCount{"undeclared", "/", 3});
  CHECK(found->rows[0].version == "1.0");
  CHECK(found->rows[0].reports == 2);
  CHECK(found->rows[1].misfits == MisfitCount{"undeclared", "/", 3});
  CHECK_FALSE(found->rows[1].is_newest);
  CHECK(desk.reg().drift(site_id, "", "old")->rows[0].is_newest);
  CHECK_FALSE(desk.reg().drift(site_id, "2099-01-01T00:00:00Z", "old")->drifts());
  CHECK_FALSE(desk.reg().drift("another", "", "old")->drifts());
}

}  // namespace

TEST_CASE("only a dictionary that may say where the version is is read for it") {
  CHECK(may_say_version(dictionary_text));
  CHECK(may_say_version("{\"roles\": {\"version\" :\n\"/v\"}}"));
  CHECK(may_say_version(R"({"roles": {"version": "\/v"}})"));
  CHECK_FALSE(may_say_version(R"({"fields": [{"class": "version", "values": ["version", "/"]}]})"));
  CHECK_FALSE(may_say_version(R"({"a": "version)"));
  CHECK_FALSE(may_say_version(R"("version")"));
}

TEST_CASE("a required figure is missing if one of several objects lacks it") {
  const auto dictionary =
      dictionary::Dictionary::parse(R"({"format": "airlock-dictionary/2", "name": "d", "product": "p",
    "document": "lines", "roles": {"event": {"always": "usage"}, "version": "/version"}, "fields": [
    {"path": "/version", "type": "version", "class": "version"},
    {"path": "/seats", "type": "count", "class": "usage", "required": true}]})",
                                    "d.json");
  REQUIRE(dictionary);
  const auto facts = [&](const std::string& report) {
    return facts_of({}, core::MemoryBlob(report), &*dictionary, &*dictionary);
  };
  CHECK(facts("{\"version\":\"1.2\",\"seats\":1}\n{\"seats\":2}\n").misfits.empty());
  CHECK(facts("{\"version\":\"1.2\",\"seats\":1}\n{\"seats\":2}\n").version == "1.2");
  CHECK(facts("{\"seats\":1}\n{\"seats\":null}\n").misfits == std::vector{no_seats});
}
