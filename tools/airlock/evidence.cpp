#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "core/text.hpp"
#include "keeper/keeper.hpp"
#include "keeper/person_key.hpp"
#include "present.hpp"
#include "progress.hpp"
#include "review/evidence_export.hpp"
#include "review/evidence_verify.hpp"
#include "site/site.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::tools {
namespace evidence_command {

using core::Code;
using core::Json;
using core::Result;

constexpr std::uint64_t certificate_file_limit = 64ULL * 1024;

Result<crypto::Certificate> read_certificate(const std::string& path) {
  AIRLOCK_TRY(const std::string pem, sys::read_file(path, certificate_file_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return core::fail(std::move(certificate.error()).within(core::quote(path)));
  return certificate;
}

struct ExportOptions {
  review::EvidenceRange range;
  std::string reports;
  std::string out;
  keeper::PersonKey key;
  std::string certificate;
  std::vector<std::string> recipients;
  bool originals = false;
};

/// `1-52`, or `7` for one report.
Result<void> read_reports(const std::string& text, review::EvidenceRange& range) {
  const auto dash = text.find('-');
  const auto first = number_from(text.substr(0, dash));
  const auto last = dash == text.npos ? first : number_from(text.substr(dash + 1));
  if (!first || !last) {
    return core::fail(Code::usage,
                      "--reports: " + core::quote(text) + " is not a number of a report, and not two of them",
                      "write `7`, or `1-52`");
  }
  range.first_report = *first;
  range.last_report = *last;
  return {};
}

Result<review::EvidenceRange> range_of(const ExportOptions& options) {
  review::EvidenceRange range = options.range;
  const bool has_days = !range.from.empty() || !range.to.empty();
  if (has_days == !options.reports.empty() || range.from.empty() != range.to.empty()) {
    return core::fail(Code::usage, "name a range: `--from` and `--to`, or `--reports`");
  }
  if (!has_days) AIRLOCK_CHECK(read_reports(options.reports, range));
  return range;
}

Result<review::ExportedEvidence> export_as(const Context& context, const ExportOptions& options) {
  AIRLOCK_TRY(const auto range, range_of(options));
  AIRLOCK_TRY(const auto certificate, read_certificate(options.certificate));
  std::vector<crypto::Certificate> recipients;
  for (const std::string& file : options.recipients) {
    AIRLOCK_TRY(auto recipient, read_certificate(file));
    recipients.push_back(std::move(recipient));
  }
  AIRLOCK_TRY(const auto key, keeper::key_of_person(options.key, certificate.key()));
  console::Progress progress(context.console);
  return review::export_evidence(context.site, {.range = range,
                                                .out = options.out,
                                                .key = key,
                                                .certificate = certificate,
                                                .recipients = std::move(recipients),
                                                .originals = options.originals ? review::OriginalReports::included
                                                                               : review::OriginalReports::left_out,
                                                .progress = &progress});
}

void say_exported(const console::Console& console, const ExportOptions& options,
                  const review::ExportedEvidence& exported) {
  const review::EvidenceRecord& evidence = exported.evidence;
  console.say(
      {{"evidence", core::shell_path(options.out) + ", " + std::to_string(exported.bytes) + " bytes"},
       {"contains", std::to_string(exported.entries) + " entries, " + std::to_string(exported.files) + " files"},
       {"signed by", evidence.exporter},
       {"tree", std::to_string(evidence.head.size) + " entries, root " + evidence.head.root.hex()},
       {"recorded", exported.recorded ? "entry " + std::to_string(*exported.recorded)
                                      : "no: only the site's owner can write the ledger"},
       {"how to", "verify it: " + core::shell_path(options.out + ".txt")}});
  if (!evidence.missing.empty()) {
    console.say(std::to_string(evidence.missing.size()) + " parts are missing, and evidence.json lists them:");
    for (const auto& part : evidence.missing) console.say("  " + part.what + ": " + part.why);
  }
  if (evidence.originals) {
    console.warn("the evidence contains reports that did not leave the site, with everything in them",
                 "give it to nobody who may not read those");
  }
}

int export_evidence(Context& context, const ExportOptions& options) {
  const auto exported = export_as(context, options);
  if (!exported) return context.console.report(exported.error());
  const review::EvidenceRecord& evidence = exported->evidence;
  if (context.console.json()) {
    Json missing = Json::array();
    for (const auto& part : evidence.missing) missing.push_back({{"what", part.what}, {"why", part.why}});
    context.console.print({{"file", options.out},
                           {"bytes", exported->bytes},
                           {"content_sha256", exported->content_sha256.hex()},
                           {"entries", exported->entries},
                           {"first_entry", evidence.first_entry},
                           {"last_entry", evidence.last_entry},
                           {"files", exported->files},
                           {"missing", missing},
                           {"originals", evidence.originals},
                           {"recorded", core::or_null(exported->recorded)},
                           {"ledger_size", evidence.head.size},
                           {"ledger_root", evidence.head.root.hex()},
                           {"exit", 0}});
  }
  say_exported(context.console, options, *exported);
  return 0;
}

struct VerifyOptions {
  std::string file;
  std::string exporter;
  std::string key;
  std::string certificate;
};

Result<review::VerifiedEvidence> verify_file(const Context& context, const VerifyOptions& options) {
  std::optional<crypto::Certificate> exporter;
  if (!options.exporter.empty()) {
    AIRLOCK_TRY(exporter, read_certificate(options.exporter));
  }
  if (options.key.empty() != options.certificate.empty()) {
    return core::fail(Code::usage, "encrypted evidence is opened with `--key` and `--certificate` together");
  }
  AIRLOCK_TRY(const auto opened, sys::FileBlob::open(options.file));
  console::Progress progress(context.console);
  const core::WatchedBlob file(opened, "bytes of the evidence verified", progress);
  if (options.key.empty()) {
    core::MemoryScratch nothing(0);
    return review::verify_evidence(file, exporter, std::nullopt, nothing);
  }
  AIRLOCK_TRY(const auto certificate, read_certificate(options.certificate));
  AIRLOCK_TRY(const auto key, keeper::whole_key(options.key, keeper::officer_key_name));
  // Evidence often lies on a medium that nobody can write.
  AIRLOCK_TRY(auto scratch, sys::Spool::create(std::string(site::reader_scratch)));
  return review::verify_evidence(file, exporter, review::EvidenceReader{key, certificate}, scratch);
}

int verify(Context& context, const VerifyOptions& options) {
  auto verified = verify_file(context, options);
  if (!verified) return context.console.report(std::move(verified.error()).within(core::quote(options.file)));
  const review::EvidenceRecord& evidence = verified->evidence;
  if (context.console.json()) {
    Json compare = Json::array();
    for (const auto& [what, sha256] : verified->compare) compare.push_back({{"what", what}, {"sha256", sha256}});
    Json missing = Json::array();
    for (const auto& part : evidence.missing) missing.push_back({{"what", part.what}, {"why", part.why}});
    context.console.print({{"site_id", evidence.site_id},
                           {"created", evidence.created.text()},
                           {"exporter", evidence.exporter},
                           {"verified", verified->verified},
                           {"compare", compare},
                           {"missing", missing},
                           {"originals", evidence.originals},
                           {"ledger_size", evidence.head.size},
                           {"ledger_root", evidence.head.root.hex()},
                           {"exit", 0}});
    return 0;
  }
  context.console.say("verified, evidence of site " + evidence.site_id + ":");
  for (const std::string& what : verified->verified) context.console.say("  " + what);
  for (const auto& part : evidence.missing) context.console.say("missing: " + part.what + ": " + part.why);
  context.console.say("compare with what you have from elsewhere:");
  console::Table table = context.console.table({.indent = 2});
  for (const auto& [what, sha256] : verified->compare) table.add({sha256, what});
  table.add({evidence.head.root.hex(), "root of " + std::to_string(evidence.head.size) + " entries"});
  table.finish();
  return 0;
}

}  // namespace evidence_command

void add_evidence(Context& context) {
  using namespace evidence_command;
  console::Command group = context.console.group("evidence", "export evidence for an auditor, and verify it");
  auto exporting = std::make_shared<ExportOptions>();
  console::Command exported = context.console.command(
      group, "export", "write one signed archive with everything that an auditor needs about a range",
      "  airlock evidence export --from 2026-01-01 --to 2026-12-31 --out 2026.p7s --key officer.key \\\n"
      "    --certificate officer.crt\n"
      "  airlock evidence export --reports 1-52 --out 2026.p7m --recipient auditor.crt --certificate officer.crt \\\n"
      "    --key 'pkcs11:token=alice;object=signing' --module /usr/lib/softhsm/libsofthsm2.so",
      [&context, exporting] { return export_evidence(context, *exporting); });
  exported.about(
      "The archive has entries with their proofs, checkpoints, licences, kits, receipts, what left, and pages to read. "
      "It can be verified without the site and without Airlock.",
      "guides/auditor.md");
  exported.exits({{4, "no file was made: the name is taken, or your certificate is not valid now"},
                  {5, "the ledger, a bundle or a payload does not verify"}});
  exported.text("--from", exporting->range.from, "from this UTC day on", console::Kind::day);
  exported.text("--to", exporting->range.to, "up to this UTC day", console::Kind::day);
  exported.text("--reports", exporting->reports,
                "instead of days: the numbers of the first and the last report, `1-52`");
  exported.text("--out", exporting->out, "the new file; its instructions are written beside it as FILE.txt",
                console::Kind::file, console::Need::required);
  exported.text("--key", exporting->key.key, "your key: a file, or the URI of a key in a PKCS #11 token",
                console::Kind::key, console::Need::required);
  exported.text("--certificate", exporting->certificate, "your certificate", console::Kind::file,
                console::Need::required);
  exported.text("--module", exporting->key.module, "the token's PKCS #11 module, an absolute path",
                console::Kind::file);
  exported.texts("--recipient", exporting->recipients, "encrypt for the owner of this certificate; can be repeated",
                 console::Kind::file);
  exported.flag("--originals", exporting->originals, "include the reports that did not leave and are still in `held/`");
  auto verifying = std::make_shared<VerifyOptions>();
  console::Command verified = context.console.command(
      group, "verify", "verify evidence; needs no site",
      "  airlock evidence verify 2026.p7s\n"
      "  airlock evidence verify 2026.p7s --exporter officer.crt\n"
      "  airlock evidence verify 2026.p7m --exporter officer.crt --key auditor.key --certificate auditor.crt",
      [&context, verifying] { return verify(context, *verifying); });
  verified.about("", "guides/auditor.md");
  verified.exits({{3, "the file is not evidence, or it is encrypted and no key was given"},
                  {4, "it was not encrypted for this key"},
                  {5, "something does not verify; the message names the first such thing"}});
  verified.text("FILE", verifying->file, "the evidence", console::Kind::file, console::Need::required);
  verified.text("--exporter", verifying->exporter,
                "the certificate of the exporter, as you have it from elsewhere; without it, compare its fingerprint",
                console::Kind::file);
  verified.text("--key", verifying->key, "your key, if the evidence was encrypted for you", console::Kind::key);
  verified.text("--certificate", verifying->certificate, "your certificate, if the evidence was encrypted for you",
                console::Kind::file);
}

}  // namespace airlock::tools
