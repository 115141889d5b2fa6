#include "review/evidence_export.hpp"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/cms.hpp"
#include "crypto/hash.hpp"
#include "gate/anchor.hpp"
#include "gate/open.hpp"
#include "gate/recovery.hpp"
#include "review/evidence_archive.hpp"
#include "review/evidence_entries.hpp"
#include "review/evidence_selection.hpp"
#include "review/evidence_site.hpp"
#include "review/evidence_summary.hpp"
#include "review/evidence_text.hpp"
#include "review/report_line.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"
#include "sys/read_file.hpp"
#include "sys/write_file.hpp"

namespace airlock::review {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;
using core::Result;

constexpr std::uint64_t instructions_limit = 64ULL * 1024;
constexpr std::string_view instructions_start = "How to verify ";

/// Counts what is written through it.
class Counted final : public core::Sink {
 public:
  explicit Counted(core::Sink& out) : out_(out) {}
  [[nodiscard]] Result<void> write(std::string_view bytes) override {
    bytes_ += bytes.size();
    return out_.write(bytes);
  }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

 private:
  core::Sink& out_;
  std::uint64_t bytes_ = 0;
};

std::string base_name(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

std::string hidden_name(const std::string& out) { return sys::parent_of(out) + "/." + base_name(out) + ".tmp"; }

std::string instructions_name(const std::string& out) { return out + ".txt"; }

/// Checks that the instructions may have their name: nothing has it, or instructions of a run that was cut short.
Result<void> check_instructions_name(const std::string& path) {
  AIRLOCK_TRY(const sys::FileKind kind, sys::kind_of(path));
  if (kind == sys::FileKind::none) return {};
  if (kind == sys::FileKind::file) {
    const auto text = sys::read_file(path, instructions_limit);
    if (text && text->starts_with(instructions_start)) return {};
  }
  return fail(Code::refused, quote(path) + ": another file has the name of the instructions",
              "move it away, or choose another `--out`");
}

Result<void> check_order(const EvidenceOrder& order, core::Time now) {
  AIRLOCK_CHECK(check_range(order.range));
  AIRLOCK_CHECK(sys::check_free(order.out));
  AIRLOCK_CHECK(check_instructions_name(instructions_name(order.out)));
  const crypto::Certificate& certificate = order.certificate;
  if (!certificate.may_sign()) {
    return fail(Code::bad_input, "the exporter's certificate may not sign, by its key usage");
  }
  if (certificate.not_before() <= now && now <= certificate.not_after()) return {};
  return fail(Code::refused,
              "the exporter's certificate is valid from " + certificate.not_before().text() + " to " +
                  certificate.not_after().text(),
              "export with a certificate that is valid now");
}

/// The selected reports, by number.
Result<std::vector<ledger::ReportRow>> rows_of(const ledger::Ledger& ledger, const EvidenceSelection& selection) {
  std::vector<ledger::ReportRow> out;
  for (const std::string& id : selection.report_ids) {
    AIRLOCK_TRY(auto row, ledger.report_of(id));
    if (row) out.push_back(std::move(*row));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  return out;
}

/// Writes all files of an archive.
class Export {
 public:
  Export(const site::Site& site, const ledger::Ledger& ledger, const EvidenceOrder& order, core::Time now)
      : site_(site), ledger_(ledger), order_(order), now_(now) {}

  /// Reads what the whole archive depends on.
  Result<void> begin() {
    AIRLOCK_TRY(const auto verifier, site_.ledger_verifier());
    AIRLOCK_TRY(const auto keys, ledger_.keys(verifier));
    keys_.emplace(keys);
    AIRLOCK_TRY(tree_, gate::anchored_tree(site_, keys));
    AIRLOCK_TRY(selection_, select_entries(ledger_, order_.range, tree_.head.size));
    evidence_ = {.site_id = site_.configuration().site_id,
                 .site_name = site_.configuration().name,
                 .created = now_,
                 .range = order_.range,
                 .first_entry = selection_.first,
                 .last_entry = selection_.last,
                 .head = tree_.head,
                 .ledger_keys = {},
                 .exporter = order_.certificate.subject(),
                 .exporter_certificate_sha256 = order_.certificate.fingerprint().hex(),
                 .exporter_key_sha256 = order_.certificate.key().sha256().hex(),
                 .originals = order_.originals == OriginalReports::included,
                 .missing = {},
                 .files = {}};
    for (const auto& key : keys.keys()) evidence_.ledger_keys.push_back({key.from_size, key.verifier.text()});
    return {};
  }

  /// Writes the archive to `out`.
  Result<void> write(core::Sink& out) {
    EvidenceArchive archive(out, now_);
    AIRLOCK_TRY(auto rows, scratch());
    AIRLOCK_TRY(const EvidenceNeeds needs, add_entries(ledger_, selection_, tree_, archive, rows, *order_.progress));
    AIRLOCK_CHECK(add_checkpoints(ledger_, needs, *keys_, tree_, archive));
    AIRLOCK_CHECK(add_ceilings(ledger_, needs, archive));
    AIRLOCK_CHECK(add_documents(site_, needs, archive));
    AIRLOCK_CHECK(add_keys(site_, *keys_, archive));
    AIRLOCK_CHECK(archive.add("keys/exporter.crt", order_.certificate.pem()));
    AIRLOCK_CHECK(add_disclosures(site_, ledger_, selection_, archive, *order_.progress));
    note_missing_documents(needs, archive);
    if (evidence_.originals) AIRLOCK_CHECK(add_originals(site_, ledger_, selection_, needs, archive));
    AIRLOCK_CHECK(archive.add("entries.csv", rows));
    AIRLOCK_CHECK(add_reports_table(archive));
    AIRLOCK_CHECK(add_summary(archive));
    AIRLOCK_CHECK(archive.add("HOW-TO-VERIFY.txt", instructions()));
    AIRLOCK_CHECK(archive.add("verify.sh", verify_script()));
    AIRLOCK_CHECK(archive.finish(evidence_));
    evidence_.missing = archive.missing();
    files_ = archive.files().size() + 1;
    return {};
  }

  [[nodiscard]] std::string instructions() const {
    return how_to_verify_evidence(evidence_, base_name(order_.out), !order_.recipients.empty());
  }
  [[nodiscard]] const EvidenceRecord& evidence() const { return evidence_; }
  [[nodiscard]] std::size_t files() const { return files_; }
  [[nodiscard]] std::size_t entries() const { return selection_.entries.size(); }

 private:
  using EachLine = std::function<Result<void>(const ReportLine&)>;
  Result<void> for_each_line(const EachLine& each) const {
    AIRLOCK_TRY(const auto rows, rows_of(ledger_, selection_));
    for (const ledger::ReportRow& row : rows) {
      AIRLOCK_TRY(const ReportLine line, report_line(ledger_, row));
      AIRLOCK_CHECK(each(line));
    }
    return {};
  }

  using EachEntry = std::function<Result<void>(const ledger::Entry&)>;
  Result<void> for_each_site_entry(const EachEntry& each) const {
    for (const std::uint64_t seq : selection_.entries) {
      AIRLOCK_TRY(const ledger::Entry entry, ledger_.entry(seq));
      if (entry.report_id.empty()) AIRLOCK_CHECK(each(entry));
    }
    return {};
  }

  Result<void> add_reports_table(EvidenceArchive& archive) {
    AIRLOCK_TRY(auto table, scratch());
    AIRLOCK_CHECK(table.write(csv_header()));
    AIRLOCK_CHECK(for_each_line([&](const ReportLine& line) { return table.write(csv_row(line)); }));
    return archive.add("reports.csv", table);
  }

  Result<void> add_summary(EvidenceArchive& archive) {
    EvidenceRecord said = evidence_;
    said.missing = archive.missing();
    const SummarySource source{
        .reports = [&](const EachLine& each) { return for_each_line(each); },
        .site_entries = [&](const EachEntry& each) { return for_each_site_entry(each); },
        .pages =
            [&](std::uint64_t number) { return archive.below("reports/" + std::to_string(number) + "-", page_file); }};
    AIRLOCK_TRY(auto page, scratch());
    AIRLOCK_CHECK(write_summary(said, selection_.entries.size(), source, page));
    return archive.add("summary.html", page);
  }

  /// Space in the folder of the result, so that a full disk is found there.
  [[nodiscard]] Result<sys::Spool> scratch() const {
    return sys::Spool::create(sys::parent_of(order_.out), site_.world());
  }

  const site::Site& site_;
  const ledger::Ledger& ledger_;
  const EvidenceOrder& order_;
  core::Time now_;
  std::optional<ledger::KeyHistory> keys_;
  gate::SignedTree tree_;
  EvidenceSelection selection_;
  EvidenceRecord evidence_;
  std::size_t files_ = 0;
};

Json range_members(const EvidenceRange& range) {
  if (!range.from.empty()) return {{"from", range.from}, {"to", range.to}};
  return {{"first_report", range.first_report}, {"last_report", range.last_report}};
}

/// Records what is about to become visible. Nothing where this user may not write the ledger.
Result<std::optional<std::uint64_t>> record(const site::Site& site, const EvidenceOrder& order,
                                            const ExportedEvidence& exported) {
  if (!site.may_change()) return std::optional<std::uint64_t>();
  AIRLOCK_TRY(auto session, gate::begin_session(site, gate::Patience::person, gate::Unfinished::is_finished));
  const EvidenceRecord& evidence = exported.evidence;
  const Json members{{"range", range_members(order.range)},
                     {"entries", {{"first", evidence.first_entry}, {"last", evidence.last_entry}}},
                     {"content_sha256", exported.content_sha256.hex()},
                     {"exporter_certificate_sha256", evidence.exporter_certificate_sha256},
                     {"exporter_key_sha256", evidence.exporter_key_sha256},
                     {"recipients", order.recipients.size()},
                     {"originals", evidence.originals}};
  AIRLOCK_TRY(const std::uint64_t seq, session.append(ledger::Kind::exported, "", members));
  return std::optional(seq);
}

/// Writes the instructions under a hidden name that the next export to the same name knows, and then gives them theirs.
Result<void> write_instructions(const std::string& path, const std::string& text, const sys::World& world) {
  const std::string hidden = hidden_name(path);
  AIRLOCK_CHECK(sys::remove_if_file(hidden, world));
  AIRLOCK_TRY(auto file, sys::NewFile::create(hidden, sys::private_file, world));
  AIRLOCK_CHECK(file.write(text));
  AIRLOCK_CHECK(file.sync());
  AIRLOCK_CHECK(sys::rename_over(hidden, path, world));
  file.keep();
  return {};
}

/// Records the evidence and gives it its name, in this order.
Result<void> publish(const site::Site& site, const EvidenceOrder& order, const std::string& hidden,
                     ExportedEvidence& exported) {
  AIRLOCK_TRY(exported.recorded, record(site, order, exported));
  AIRLOCK_CHECK(sys::rename_new(hidden, order.out, site.world()));
  return sys::sync_directory(sys::parent_of(order.out), site.world());
}

}  // namespace

Result<ExportedEvidence> export_evidence(const std::string& directory, const EvidenceOrder& order,
                                         const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  const core::Time now = world.now();
  AIRLOCK_CHECK(check_order(order, now));
  AIRLOCK_TRY(const auto ledger, gate::open_to_decide(site));
  Export work(site, ledger, order, now);
  AIRLOCK_CHECK(work.begin());

  const std::string hidden = hidden_name(order.out);
  AIRLOCK_CHECK(sys::remove_if_file(hidden, world));  // a run that was cut short may have left it
  AIRLOCK_TRY(auto file, sys::NewFile::create(hidden, sys::private_file, world));
  Counted counted(file);
  const crypto::Signer signer{.key = order.key, .certificate = order.certificate, .time = now};
  AIRLOCK_TRY(const auto stream, order.recipients.empty()
                                     ? crypto::sign_stream(counted, signer)
                                     : crypto::seal(counted, signer, order.recipients, crypto::RecipientUsage::any));
  crypto::Sha256 digest;
  core::Tee content(digest, *stream);
  AIRLOCK_CHECK(work.write(content));
  AIRLOCK_CHECK(stream->finish());
  AIRLOCK_CHECK(file.sync());

  ExportedEvidence out{.evidence = work.evidence(),
                       .files = work.files(),
                       .entries = work.entries(),
                       .bytes = counted.bytes(),
                       .content_sha256 = digest.finish(),
                       .recorded = {}};
  const std::string beside = instructions_name(order.out);
  AIRLOCK_CHECK(write_instructions(beside, work.instructions(), world));
  const auto made = publish(site, order, hidden, out);
  if (!made) {
    (void)sys::remove_if_file(beside, world);
    return fail(made.error());
  }
  file.keep();
  return out;
}

}  // namespace airlock::review
