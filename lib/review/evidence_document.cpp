#include "review/evidence_document.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"

namespace airlock::review {
namespace {

using core::Json;
using core::Members;

constexpr std::string_view format = "airlock-evidence/1";
/// The longest name of a file in an archive (envelope/tar.hpp).
constexpr std::size_t name_limit = 100;
constexpr std::size_t keys_limit = 1000;
constexpr std::size_t day_size = 10;
/// A file has four values in the document: the object and its members.
constexpr core::JsonLimits limits{
    .bytes = evidence_document_limit, .depth = 8, .elements = evidence_files_limit, .values = 8 * evidence_files_limit};

std::string day_from(Members& in, std::string_view member) {
  std::string day = in.text(member, day_size);
  if (in.ok() && !core::Time::from_text(day + "T00:00:00Z")) in.refuse(member, "must be a day, such as 2026-11-01");
  return day;
}

EvidenceRange range_from(Members& in) {
  EvidenceRange out;
  in.inner("range", [&](Members& range) {
    if (range.has("from")) {
      out.from = day_from(range, "from");
      out.to = day_from(range, "to");
    } else {
      out.first_report = range.count("first_report", 1);
      out.last_report = range.count("last_report", 1);
    }
  });
  return out;
}

}  // namespace

std::string to_document(const EvidenceRecord& evidence) {
  const EvidenceRange& range = evidence.range;
  Json out{{"format", format}, {"site_id", evidence.site_id}};
  if (!evidence.site_name.empty()) out["site_name"] = evidence.site_name;
  out["created"] = evidence.created.text();
  out["range"] = range.from.empty() ? Json{{"first_report", range.first_report}, {"last_report", range.last_report}}
                                    : Json{{"from", range.from}, {"to", range.to}};
  out["entries"] = {{"first", evidence.first_entry}, {"last", evidence.last_entry}};
  out["tree"] = {{"size", evidence.head.size}, {"root", evidence.head.root.hex()}};
  Json keys = Json::array();
  for (const EvidenceKey& key : evidence.ledger_keys) keys.push_back({{"from_size", key.from_size}, {"key", key.key}});
  out["ledger_keys"] = std::move(keys);
  out["exporter"] = {{"subject", evidence.exporter},
                     {"certificate_sha256", evidence.exporter_certificate_sha256},
                     {"key_sha256", evidence.exporter_key_sha256}};
  out["originals"] = evidence.originals;
  Json missing = Json::array();
  for (const MissingPart& part : evidence.missing) missing.push_back({{"what", part.what}, {"why", part.why}});
  out["missing"] = std::move(missing);
  Json files = Json::array();
  for (const EvidenceFile& file : evidence.files) {
    files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  out["files"] = std::move(files);
  return core::to_text(out) + "\n";
}

core::Result<EvidenceRecord> parse_evidence(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, evidence_name, limits));
  Members in(json, evidence_name, "");
  EvidenceRecord out;
  in.format(format);
  out.site_id = in.uuid("site_id");
  out.site_name = in.text_if("site_name").value_or("");
  out.created = in.time("created");
  out.range = range_from(in);
  in.inner("entries", [&](Members& entries) {
    out.first_entry = entries.count("first");
    out.last_entry = entries.count("last");
  });
  in.inner("tree", [&](Members& tree) {
    out.head.size = tree.count("size", 1);
    if (const auto root = core::Digest::from_hex(tree.sha256("root"))) out.head.root = *root;
  });
  in.each("ledger_keys", keys_limit, [&](Members& key) {
    out.ledger_keys.push_back({.from_size = key.count("from_size"), .key = key.text("key")});
  });
  in.inner("exporter", [&](Members& exporter) {
    out.exporter = exporter.text("subject", 16 * core::text_limit);
    out.exporter_certificate_sha256 = exporter.sha256("certificate_sha256");
    out.exporter_key_sha256 = exporter.sha256("key_sha256");
  });
  out.originals = in.boolean("originals");
  in.each("missing", evidence_files_limit,
          [&](Members& part) { out.missing.push_back({.what = part.text("what"), .why = part.text("why")}); });
  in.each("files", evidence_files_limit, [&](Members& file) {
    out.files.push_back(
        {.name = file.text("name", name_limit), .size = file.count("size"), .sha256 = file.sha256("sha256")});
  });
  AIRLOCK_CHECK(in.finish());
  return out;
}

}  // namespace airlock::review
