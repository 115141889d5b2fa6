#include "bundle.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/write_file.hpp"

namespace airlock::console {
namespace {

core::Result<void> copy(const core::Blob& from, core::Sink& to) {
  core::BlobSource source(from);
  AIRLOCK_CHECK(core::copy(source, to));
  return {};
}

}  // namespace

core::Json to_json(const envelope::OpenedBundle& bundle) {
  core::Json approvals = core::Json::array();
  for (const auto& [approval, signer] : bundle.approvals()) {
    approvals.push_back({{"officer", signer.subject()},
                         {"certificate_sha256", signer.fingerprint().hex()},
                         {"key_sha256", signer.key().sha256().hex()},
                         {"time", approval.time.text()}});
  }
  return {{"verified", true},
          {"signer", bundle.signer().subject()},
          {"signer_sha256", bundle.signer().fingerprint().hex()},
          {"signing_time", bundle.signing_time().text()},
          {"content_sha256", bundle.content_sha256().hex()},
          {"manifest", core::Json::parse(envelope::to_document(bundle.manifest()))},
          {"approvals", approvals},
          {"warnings", bundle.warnings()},
          {"exit", 0}};
}

void show(const Console& console, const envelope::OpenedBundle& bundle) {
  const envelope::Manifest& manifest = bundle.manifest();
  const auto& period = manifest.period;
  std::string dropped;
  for (const auto& count : manifest.redactions) {
    dropped += (dropped.empty() ? "" : "\n") + std::to_string(count.count) + " x " + count.action + " " + count.what +
               " " + count.path;
  }
  std::string since;
  for (const auto& report : manifest.passed_over) {
    since += (since.empty() ? "" : "\n") + std::string("report ") + std::to_string(report.number) + ": " + report.kind;
  }
  for (const auto& gone : manifest.voids) {
    since +=
        (since.empty() ? "" : "\n") + std::string("disclosure ") + std::to_string(gone.disclosure) + ": " + gone.kind;
  }
  std::string files;
  for (const auto& file : manifest.files) {
    files += (files.empty() ? "" : "\n") + file.sha256 + "  " + file.name + ", " + std::to_string(file.size) + " bytes";
  }
  std::vector<std::pair<std::string, std::string>> rows{
      {"bundle", manifest.bundle_id},
      {"site", manifest.site_id},
      {"report", "number " + std::to_string(manifest.number) + ", disclosure " + std::to_string(manifest.disclosure) +
                     (manifest.previous ? ", after " + manifest.previous->id : ", the first")},
      {"event", manifest.event},
      {"period", period.start.value_or("undated") + " to " + period.end.value_or("undated")},
      {"created",
       manifest.created.text() + ", signed " + bundle.signing_time().text() + " by " + bundle.signer().subject()},
      {"licence", (manifest.licence_serial.empty() ? "" : manifest.licence_serial + ", ") + manifest.licence_state +
                      (manifest.tier.empty() ? "" : ", tier " + manifest.tier)},
      {"decision", manifest.decision.disposition + " by policy " + manifest.decision.policy.name + " " +
                       manifest.decision.policy.version},
      {"note", manifest.note.empty() ? "none" : manifest.note},
      {"since last", since.empty() ? "no report and no disclosure was skipped" : since},
      {"redacted", dropped.empty() ? "nothing" : dropped},
      {"files", files}};
  for (const auto& [approval, signer] : bundle.approvals()) {
    rows.emplace_back("approved", approval.time.text() + " by " + signer.subject() + ", certificate SHA-256 " +
                                      signer.fingerprint().hex());
  }
  console.say(rows);
}

void warn(const Console& console, const envelope::OpenedBundle& bundle) {
  for (const std::string& warning : bundle.warnings()) console.remark("airlock: warning: " + warning);
}

core::Result<void> extract(const envelope::OpenedBundle& bundle, const std::string& directory) {
  AIRLOCK_CHECK(sys::check_no_link(directory));
  if (!sys::exists(directory)) {
    AIRLOCK_CHECK(sys::make_directory(directory, sys::private_directory));
  } else {
    AIRLOCK_TRY(const auto names, sys::list_directory(directory));
    if (!names.empty()) {
      return core::fail(core::Code::refused, core::quote(directory) + ": is not empty", "choose a new directory");
    }
  }
  for (const auto& entry : bundle.files()) {
    AIRLOCK_TRY(auto file, sys::NewFile::create(directory + "/" + entry.name, sys::private_file));
    AIRLOCK_CHECK(copy(bundle.file(entry.name), file));
    AIRLOCK_CHECK(file.sync());
    file.keep();
  }
  return sys::sync_directory(directory);
}

int open(const Console& console, const envelope::OpenedBundle& bundle, const std::string& directory) {
  warn(console, bundle);
  if (!directory.empty()) {
    if (const auto done = extract(bundle, directory); !done) return console.report(done.error());
    if (console.json()) console.print(to_json(bundle));
    console.say("verified; extracted " + std::to_string(bundle.files().size()) + " files to " + directory);
    return 0;
  }
  if (console.json()) {
    console.print(to_json(bundle));
    return 0;
  }
  Output output;
  if (const auto done = copy(bundle.file("report.json"), output); !done) return console.report(done.error());
  if (const auto done = output.finish(console); !done) return console.report(done.error());
  console.remark("airlock: verified; report " + std::to_string(bundle.manifest().number) + " of site " +
                 bundle.manifest().site_id);
  return 0;
}

}  // namespace airlock::console
