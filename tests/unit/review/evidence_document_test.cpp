#include "review/evidence_document.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "review/evidence_archive.hpp"
#include "review/evidence_needs.hpp"
#include "review/evidence_selection.hpp"

using namespace airlock;
using core::Code;
using core::Json;

namespace {

const std::string digest(64, 'a');

review::EvidenceRecord example() {
  return {.site_id = "5b0c0a3e-5d0a-4b3e-9c55-0d9a4b1f7e21",
          .site_name = "Example Bank",
          .created = core::Time::from_text("2026-12-31T09:00:00Z").value(),
          .range = {.from = "2026-01-01", .to = "2026-12-31"},
          .first_entry = 4,
          .last_entry = 9,
          .head = {.size = 12, .root = core::Digest::from_hex(digest).value()},
          .ledger_keys = {{.from_size = 0, .key = "airlock/x+1a2b3c4d+AQ=="}},
          .exporter = "CN=Alice",
          .exporter_certificate_sha256 = digest,
          .exporter_key_sha256 = digest,
          .originals = false,
          .missing = {{.what = "kit 1", .why = "it is gone"}},
          .files = {{.name = "entries/4.json", .size = 7, .sha256 = digest}}};
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  REQUIRE(at != text.npos);
  return text.replace(at, from.size(), to);
}

void check_refused(const std::string& text, std::string_view where) {
  const auto read = review::parse_evidence(text);
  REQUIRE_FALSE(read);
  CHECK(read.error().code == Code::bad_input);
  CHECK_MESSAGE(read.error().message.find(where) != std::string::npos, read.error().message);
}

}  // namespace

TEST_CASE("evidence.json is read as it was written, on one line, with the files last") {
  review::EvidenceRecord evidence = example();
  const std::string text = review::to_document(evidence);
  CHECK(review::parse_evidence(text).value() == evidence);
  CHECK(text.find('\n') == text.size() - 1);
  CHECK(text.find("\"files\":[{") > text.find("\"missing\""));
  evidence.range = {.from = {}, .to = {}, .first_report = 1, .last_report = 52};
  evidence.site_name.clear();
  evidence.originals = true;
  CHECK(review::parse_evidence(review::to_document(evidence)).value() == evidence);
}

TEST_CASE("an evidence.json that is not of its form is refused, with the place") {
  const std::string text = review::to_document(example());
  check_refused(replaced(text, "airlock-evidence/1", "airlock-evidence/2"), "`/format`");
  check_refused(replaced(text, "\"originals\":false", "\"originals\":0"), "`/originals`");
  check_refused(replaced(text, "2026-12-31\"}", "2026-02-30\"}"), "`/range/to`");
  check_refused(replaced(text, "\"size\":12", "\"size\":0"), "`/tree/size`");
  check_refused(replaced(text, digest, std::string(63, 'a')), "`/tree/root`");
  check_refused(replaced(text, "\"originals\":", "\"surprise\":1,\"originals\":"), "surprise");
  check_refused(replaced(text, "\"size\":7", "\"size\":-7"), "`/files/0/size`");
}

TEST_CASE("an archive has no file twice, and counts what it has") {
  core::StringSink out(64 * 1024);
  review::EvidenceArchive archive(out, example().created);
  REQUIRE(archive.add("entries/1.json", "{}"));
  CHECK(archive.add("entries/1.json", "{}").error().code == Code::unexpected);
  REQUIRE(archive.add("reports/1-1/review.html", "page"));
  REQUIRE(archive.add("reports/1-1/report.json", "{}"));
  CHECK(archive.below("reports/1-", "review.html") == std::vector<std::string>{"reports/1-1/review.html"});
  CHECK(archive.below("reports/2-", "review.html").empty());
  archive.miss("kit 1", "it is gone");
  REQUIRE(archive.finish(example()));
  CHECK(out.bytes().find("\"what\":\"kit 1\"") != std::string::npos);
  CHECK(archive.files().size() == 3);
}

TEST_CASE("an archive over the limit is refused, with the hint to split it") {
  class Large final : public core::Blob {
   public:
    [[nodiscard]] std::uint64_t size() const override { return review::evidence_bytes_limit; }
    [[nodiscard]] core::Result<std::size_t> read_at(std::uint64_t, std::span<char>) const override { return 0; }
  };
  core::StringSink out(1024);
  review::EvidenceArchive archive(out, example().created);
  const auto added = archive.add("reports/1-1/report.json", Large());
  REQUIRE_FALSE(added);
  CHECK(added.error().code == Code::bad_input);
  CHECK(added.error().hint.find("in parts") != std::string::npos);
  CHECK(out.bytes().empty());
}

TEST_CASE("what entries name is collected, and members of another type are left out") {
  review::EvidenceNeeds needs;
  const auto read = [&](ledger::Kind kind, const Json& body) {
    review::read_needs({.seq = 1, .time = {}, .kind = kind, .report_id = {}, .body = {}}, body, needs);
  };
  read(ledger::Kind::produced, {{"number", 3U},
                                {"original", {{"commitment", digest}}},
                                {"decision", {{"policy", {{"sha256", "p"}}}, {"dictionary", {{"sha256", "d"}}}}},
                                {"disclosure", {{"id", "x"}, {"number", 2U}}}});
  read(ledger::Kind::sealed, {{"number", 3U}, {"disclosure_id", "x"}, {"content_sha256", "c"}, {"checkpoint", "note"}});
  read(ledger::Kind::kit, {{"number", 7U}, {"content_sha256", "k"}, {"ceiling_sha256", "e"}});
  read(ledger::Kind::licence, {{"serial", 5}, {"sequence", "x"}});
  CHECK(needs.policies.contains("p"));
  CHECK(needs.dictionaries.contains("d"));
  CHECK(needs.commitments.at(3) == digest);
  CHECK(needs.kits.at("k") == 7);
  CHECK(needs.ceilings.contains("e"));
  CHECK(needs.checkpoints.contains("note"));
  CHECK(needs.licences.empty());
  const review::NamedDisclosure& named = needs.disclosures.at("x");
  CHECK(named.number == 3);
  CHECK(named.disclosure == 2);
  CHECK(named.is_bundle);
  CHECK(named.content_sha256 == "c");
}

TEST_CASE("a range must be two days in order, or two numbers in order") {
  CHECK(review::check_range({.from = "2026-01-01", .to = "2026-01-01"}));
  CHECK(review::check_range({.from = {}, .to = {}, .first_report = 3, .last_report = 3}));
  for (const review::EvidenceRange& range :
       std::vector<review::EvidenceRange>{{.from = "2026-01-02", .to = "2026-01-01"},
                                          {.from = "2026-01-32", .to = "2026-02-01"},
                                          {.from = {}, .to = {}, .first_report = 3, .last_report = 2},
                                          {}}) {
    const auto checked = review::check_range(range);
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == Code::usage);
  }
}
