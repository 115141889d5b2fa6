#include "envelope/manifest.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "core/json.hpp"

using namespace airlock;
using namespace airlock::envelope;

namespace {

Manifest example() {
  Manifest manifest;
  manifest.bundle_id = "0c9f6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
  manifest.site_id = "5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e";
  manifest.ledger_key = "airlock/5b0c6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e+00000000+AAAA";
  manifest.number = 3;
  manifest.disclosure = 2;
  manifest.previous = Previous{"1c9f6a1e-0f4e-4a0f-8f0a-3b9f6a1e0f4e", std::string(64, 'a')};
  manifest.passed_over = {{2, "withheld", {std::nullopt, "2022-04-24"}}};
  manifest.passed_over_before = 7;
  manifest.voids = {{1, "abandoned"}};
  manifest.created = *core::Time::from_text("2026-11-01T00:00:00Z");
  manifest.event = "instance status report";
  manifest.period = {"2022-04-25", "2022-05-01"};
  manifest.note = "change 4711";
  manifest.recipients = {std::string(64, 'b')};
  manifest.licence_serial = "LIC-2026-000017";
  manifest.licence_state = "valid";
  manifest.tier = "enterprise-air-gapped";
  manifest.decision = {"seal", {"strict"}, {"r1"}, {"p", "1", std::string(64, 'c')}, {"d", "", std::string(64, 'd')}};
  manifest.redactions = {{"/properties/$ip", "value", "pseudonymise", 1}};
  manifest.files = {{"report.json", 12, std::string(64, 'e')}};
  return manifest;
}

std::string why(const core::Json& json) {
  const auto manifest = parse_manifest(json.dump());
  return manifest ? "accepted" : manifest.error().message;
}

}  // namespace

TEST_CASE("a manifest survives a round trip, with and without what may be missing") {
  CHECK(parse_manifest(to_document(example())).value() == example());
  Manifest bare = example();
  bare.previous.reset();
  bare.passed_over.clear();
  bare.voids.clear();
  bare.note.clear();
  bare.period = {};
  bare.licence_serial.clear();
  bare.tier.clear();
  bare.redactions.clear();
  CHECK(parse_manifest(to_document(bare)).value() == bare);
}

TEST_CASE("a manifest is one line with the files last, and that of release 0.1 keeps its form") {
  Manifest manifest = example();
  manifest.note = R"(a ","files":[ in quotes)";
  const std::string document = to_document(manifest);
  CHECK(document.find('\n') == document.size() - 1);
  CHECK(document.find("\"files\":[{") == document.find("\"files\":"));
  const core::Digest digest = digest_without_files(document);
  manifest.files.clear();
  CHECK(digest_without_files(to_document(manifest)) == digest);
  manifest.passed_over_before = 8;
  CHECK(digest_without_files(to_document(manifest)) != digest);
  manifest.version = 1;
  CHECK(to_document(manifest).starts_with("{\n  \"format\": \"airlock-bundle/1\""));
  CHECK(parse_manifest(to_document(manifest)).value() == manifest);
}

TEST_CASE("a manifest with the longest note that may be given is read, and one with a longer note is not") {
  Manifest manifest = example();
  manifest.note = std::string(note_limit, 'x');
  CHECK(parse_manifest(to_document(manifest)).value() == manifest);
  manifest.note += 'x';
  const auto longer = parse_manifest(to_document(manifest));
  REQUIRE(!longer);
  CHECK(longer.error().message.find("/note") != std::string::npos);
}

TEST_CASE("a manifest with a stranger, a missing or an ill-formed member is refused with its path") {
  const core::Json sound = core::Json::parse(to_document(example()));
  CHECK(why(sound) == "accepted");
  for (const auto& item : sound.items()) {
    const std::string& member = item.key();
    if (member == "note" || member == "previous") continue;
    CAPTURE(member);
    core::Json changed = sound;
    changed.erase(member);
    CHECK(why(changed).find("`/" + member + "`: is missing") != std::string::npos);
  }
  core::Json changed = sound;
  changed["more"] = 1;
  CHECK(why(changed).find("`/more`: is not a known member") != std::string::npos);
  changed = sound;
  changed["since_last"]["reports"][0]["number"] = "2";
  CHECK(why(changed).find("`/since_last/reports/0/number`") != std::string::npos);
  changed = sound;
  changed["period"]["end"] = "../../x";
  CHECK(why(changed).find("`/period/end`") != std::string::npos);
  changed = sound;
  changed["files"][0]["sha256"] = "x";
  CHECK(why(changed).find("`/files/0/sha256`") != std::string::npos);
  changed = sound;
  changed["format"] = "airlock-kit/1";
  CHECK(why(changed).find("`/format`") != std::string::npos);
}
