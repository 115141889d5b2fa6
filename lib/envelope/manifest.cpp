#include "envelope/manifest.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "crypto/hash.hpp"

namespace airlock::envelope {
namespace {

using core::Json;
using core::Members;

constexpr std::array<std::string_view, version_with_approvals> formats{"airlock-bundle/1", "airlock-bundle/2",
                                                                       "airlock-bundle/3"};
constexpr std::string_view name = "manifest.json";
constexpr std::size_t manifest_list_limit = 1'000'000;

Json days(const Period& period) {
  Json out = Json::object();
  if (period.start) out["start"] = *period.start;
  if (period.end) out["end"] = *period.end;
  return out;
}

Period days_from(Members& in, std::string_view member) {
  Period period;
  in.inner(member, [&](Members& days) {
    for (const auto& [which, day] : {std::pair("start", &period.start), std::pair("end", &period.end)}) {
      *day = days.text_if(which, 10);
      if (*day && !core::read_rfc3339(**day + "T00:00:00Z")) days.refuse(which, "must be a day, such as 2026-11-01");
    }
  });
  return period;
}

Json document(const DocumentRecord& document) {
  Json out{{"name", document.name}};
  if (!document.version.empty()) out["version"] = document.version;
  out["sha256"] = document.sha256;
  return out;
}

/// Reads each element of an array with `read(members) -> value`.
template <typename Read>
auto list_from(Members& in, std::string_view member, Read read) {
  std::vector<decltype(read(in))> out;
  in.each(member, manifest_list_limit, [&](Members& element) { out.push_back(read(element)); });
  return out;
}

}  // namespace

void read_licence(Members& in, DisclosureRecord& out) {
  out.licence_state = in.text("state");
  out.licence_serial = in.text_if("serial").value_or("");
  out.tier = in.text_if("tier").value_or("");
}

DocumentRecord document_from(Members& in, std::string_view member, Members::Unknown unknown) {
  DocumentRecord out;
  const auto read = [&](Members& document) {
    out.name = document.text("name");
    out.version = document.text_if("version").value_or("");
    out.sha256 = document.sha256("sha256");
  };
  in.inner(member, read, unknown);
  return out;
}

std::string to_document(const Manifest& manifest) {
  Json out{{"format", formats.at(static_cast<std::size_t>(manifest.version) - 1)},
           {"bundle_id", manifest.bundle_id},
           {"site_id", manifest.site_id},
           {"ledger_key", manifest.ledger_key},
           {"number", manifest.number},
           {"disclosure", manifest.disclosure}};
  out["previous"] = manifest.previous
                        ? Json{{"id", manifest.previous->id}, {"content_sha256", manifest.previous->content_sha256}}
                        : Json(nullptr);
  Json reports = Json::array();
  for (const PassedOverReport& report : manifest.passed_over) {
    reports.push_back({{"number", report.number}, {"kind", report.kind}, {"period", days(report.period)}});
  }
  Json voids = Json::array();
  for (const Void& gone : manifest.voids) voids.push_back({{"disclosure", gone.disclosure}, {"kind", gone.kind}});
  out["since_last"] = {{"reports", reports}, {"reports_before", manifest.passed_over_before}, {"disclosures", voids}};
  out["created"] = manifest.created.text();
  out["event"] = manifest.event;
  out["period"] = days(manifest.period);
  if (!manifest.note.empty()) out["note"] = manifest.note;
  out["recipients"] = manifest.recipients;
  Json licence{{"state", manifest.licence_state}};
  if (!manifest.licence_serial.empty()) licence["serial"] = manifest.licence_serial;
  if (!manifest.tier.empty()) licence["tier"] = manifest.tier;
  out["licence"] = licence;
  out["decision"] = {{"disposition", manifest.decision.disposition},
                     {"profiles", manifest.decision.profiles},
                     {"rules", manifest.decision.rules},
                     {"policy", document(manifest.decision.policy)},
                     {"dictionary", document(manifest.decision.dictionary)}};
  Json redactions = Json::array();
  for (const RedactionCount& count : manifest.redactions) {
    redactions.push_back(
        {{"path", count.path}, {"what", count.what}, {"action", count.action}, {"count", count.count}});
  }
  out["redactions"] = redactions;
  Json files = Json::array();
  for (const FileRecord& file : manifest.files) {
    files.push_back({{"name", file.name}, {"size", file.size}, {"sha256", file.sha256}});
  }
  out["files"] = files;
  return manifest.version == 1 ? core::to_pretty_text(out) : core::to_text(out) + "\n";
}

Result<Manifest> parse_manifest(std::string_view text) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = manifest_bytes_limit, .depth = 8}));
  Members in(json, name, "");
  Manifest out;
  const std::string format = in.word("format", {formats[0], formats[1], formats[2]});
  out.version = static_cast<int>(std::find(formats.begin(), formats.end(), format) - formats.begin()) + 1;
  out.bundle_id = in.uuid("bundle_id");
  out.site_id = in.uuid("site_id");
  out.ledger_key = in.text("ledger_key");
  out.number = in.count("number", 1);
  out.disclosure = in.count("disclosure", 1);
  if (const Json* previous = in.any("previous"); previous != nullptr && !previous->is_null()) {
    in.inner("previous", [&](Members& last) {
      out.previous = Previous{last.uuid("id"), last.sha256("content_sha256")};
    });
  }
  in.inner("since_last", [&](Members& members) {
    out.passed_over = list_from(members, "reports", [](Members& report) {
      return PassedOverReport{report.count("number", 1), report.text("kind"), days_from(report, "period")};
    });
    out.passed_over_before = members.count("reports_before");
    out.voids = list_from(members, "disclosures", [](Members& gone) {
      return Void{gone.count("disclosure", 1), gone.text("kind")};
    });
  });
  out.created = in.time("created");
  out.event = in.text("event");
  out.period = days_from(in, "period");
  out.note = in.text_if("note", note_limit).value_or("");
  out.recipients = in.texts("recipients", manifest_list_limit);
  in.inner("licence", [&](Members& licence) { read_licence(licence, out); });
  in.inner("decision", [&](Members& members) {
    out.decision.disposition = members.word("disposition", {"send", "redact", "seal", "withhold"});
    out.decision.profiles = members.texts("profiles", manifest_list_limit);
    out.decision.rules = members.texts("rules", manifest_list_limit);
    out.decision.policy = document_from(members, "policy");
    out.decision.dictionary = document_from(members, "dictionary");
  });
  out.redactions = list_from(in, "redactions", [](Members& count) {
    return RedactionCount{count.text("path", 4096), count.text("what"), count.text("action"), count.count("count", 1)};
  });
  out.files = list_from(in, "files", [](Members& file) {
    return FileRecord{file.text("name"), file.count("size"), file.sha256("sha256")};
  });
  AIRLOCK_CHECK(in.finish());
  return out;
}

core::Digest digest_without_files(std::string_view document) {
  // Within a JSON string these quotes would be escaped, so this finds the member and nothing else.
  return crypto::sha256(std::string(document.substr(0, document.find(",\"files\":"))) + "}");
}

}  // namespace airlock::envelope
