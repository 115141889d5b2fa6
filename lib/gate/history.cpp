#include "gate/history.hpp"

#include <nlohmann/json.hpp>

#include "core/time.hpp"
#include "gate/entries.hpp"
#include "gate/file_digest.hpp"
#include "gate/names.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/report_row.hpp"
#include "sys/look.hpp"

namespace airlock::gate {
namespace {

using core::Result;

constexpr std::size_t page = 500;
/// Larger than the seq of any entry.
constexpr std::uint64_t every_entry = UINT64_MAX;

/// A UTC day as this treatment would disclose it; nothing if it would not.
std::optional<std::string> treated(const std::optional<std::string>& day, const redaction::Treatment& treatment) {
  if (!day || treatment.action == redaction::Action::keep) return day;
  const auto time = core::read_rfc3339(*day + "T00:00:00Z");
  if (!time || treatment.action != redaction::Action::truncate_time) return std::nullopt;
  return core::start_of(treatment.calendar, *time).date();
}

/// The treatment of the field that has a role. If the dictionary declares no such field, nothing is disclosed.
redaction::Treatment treatment_of(const std::string& path, const redaction::Plan& plan,
                                  const dictionary::Dictionary& dictionary) {
  const auto field = dictionary.find(path);
  return field ? plan.value(*field).of(dictionary.fields()[*field].shape.types.front())
               : redaction::Treatment{.action = redaction::Action::drop};
}

/// Whether a disclosure left, or is still to leave. No later entry revokes that it left. For one that is still to
/// leave, the file must be there: somebody may have removed from the index the entry that says that it was given up.
Result<bool> stands(const site::Site& site, const ledger::Disclosure& disclosure) {
  if (disclosure.stage == ledger::Stage::released || disclosure.stage == ledger::Stage::sent) return true;
  if (disclosure.stage != ledger::Stage::sealed && !ledger::waits_to_be_sent(disclosure.stage)) return false;
  for (const std::string& path : {hidden_bundle(site, disclosure.id), in_outbox(site, disclosure.file)}) {
    AIRLOCK_TRY(const bool there, sys::look_for(path));
    if (!there) continue;
    AIRLOCK_TRY(const core::Digest digest, digest_of_file(path));
    if (digest.hex() == disclosure.file_sha256) return true;
  }
  return false;
}

}  // namespace

Result<History> history_since_last(const ledger::Ledger& ledger, const redaction::Plan& plan,
                                   const dictionary::Dictionary& dictionary, std::string_view report_id) {
  History out;
  AIRLOCK_TRY(const std::uint64_t last, ledger.last_disclosure());
  AIRLOCK_TRY(const auto previous, ledger.previous_disclosure(last + 1));
  if (previous) out.previous = envelope::Previous{previous->id, previous->content_sha256};

  const auto start = treatment_of(dictionary.roles().period_start, plan, dictionary);
  const auto end = treatment_of(dictionary.roles().period_end, plan, dictionary);
  for (std::uint64_t from = previous ? previous->recorded : 0;;) {
    AIRLOCK_TRY(const auto reports, ledger.undisclosed(from, page));
    for (const ledger::Undisclosed& report : reports) {
      from = report.produced.seq + 1;
      if (report.report.report_id == report_id) continue;
      AIRLOCK_TRY(const RecordedDecision recorded, read_decision(report.produced));
      out.passed_over.push_back({report.report.number,
                                 std::string(ledger::name(report.report.latest)),
                                 {treated(recorded.period.start, start), treated(recorded.period.end, end)}});
    }
    if (out.passed_over.size() > envelope::passed_over_limit) {
      const auto surplus = out.passed_over.size() - envelope::passed_over_limit;
      out.passed_over.erase(out.passed_over.begin(), out.passed_over.begin() + static_cast<std::ptrdiff_t>(surplus));
      out.passed_over_before += surplus;
    }
    if (reports.size() < page) break;
  }

  // A queued disclosure can end after a later one has left, so go by the order of entries and not by the numbers.
  AIRLOCK_TRY(const auto ended, ledger.ended_since(previous ? previous->recorded : 0, last + 1));
  for (const ledger::Disclosure& disclosure : ended) {
    out.voids.push_back({disclosure.disclosure, std::string(ledger::name(disclosure.stage))});
  }
  return out;
}

Result<bool> is_original(const ledger::Ledger& ledger, const std::string& report_id, const core::Blob& bytes) {
  AIRLOCK_TRY(const auto original, ledger.original(report_id));
  AIRLOCK_TRY(const auto produced, ledger.entries_of_report(report_id, 0, 1));
  if (!original || produced.empty() || produced.front().kind != ledger::Kind::produced) return false;
  AIRLOCK_TRY(const core::Json json, ledger::body_of(produced.front()));
  const auto recorded = json.find("original");
  if (recorded == json.end() || !recorded->is_object()) return false;
  const bool first_bytes_only = recorded->contains("complete");
  if (bytes.size() < original->size || (!first_bytes_only && bytes.size() != original->size)) return false;
  AIRLOCK_TRY(const core::Digest commitment, commitment_to(bytes, original->size, original->salt));
  return recorded->value("commitment", "") == commitment.hex();
}

Result<std::optional<Earlier>> find_repeat(const site::Site& site, const ledger::Ledger& ledger, const Received& report,
                                           const core::Digest& decision) {
  AIRLOCK_TRY(const auto originals, ledger.originals(report.sha256));
  for (const ledger::Original& original : originals) {
    // From the newest on: what is disclosed again and again has many entries, and the last of them decide.
    for (std::uint64_t before = every_entry;;) {
      AIRLOCK_TRY(const auto entry, ledger.entry_of_report_before(original.report_id, before));
      if (!entry) break;
      before = entry->seq;
      if (entry->kind != ledger::Kind::produced && entry->kind != ledger::Kind::decided) continue;
      AIRLOCK_TRY(const auto recorded, read_decision(*entry));
      if (!recorded.disclosure_id || recorded.decision_sha256 != decision.hex()) continue;
      AIRLOCK_TRY(const auto disclosure, ledger.disclosure(*recorded.disclosure_id));
      if (!disclosure || disclosure->report_id != original.report_id) continue;
      AIRLOCK_TRY(const bool is_there, stands(site, *disclosure));
      if (!is_there) continue;
      // The table of originals is not verified: anybody who can write the ledger's file can write it.
      AIRLOCK_TRY(const bool same, is_original(ledger, original.report_id, report.bytes));
      if (same) {
        return Earlier{original.report_id, disclosure->number, disclosure->id};
      }
    }
  }
  return std::nullopt;
}

Result<std::vector<ledger::ReportRow>> held_reports(const ledger::Ledger& ledger) {
  std::vector<ledger::ReportRow> out;
  for (std::uint64_t from = 1;;) {
    AIRLOCK_TRY(const auto rows, ledger.reports(from, page));
    for (const ledger::ReportRow& row : rows) {
      if (row.latest == ledger::Kind::held) out.push_back(row);
      from = row.number + 1;
    }
    if (rows.size() < page) return out;
  }
}

}  // namespace airlock::gate
