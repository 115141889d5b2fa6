#include "gate/history.hpp"

#include "core/time.hpp"
#include "gate/entries.hpp"

namespace airlock::gate {
namespace {

using core::Result;

constexpr std::size_t page = 500;

/// A UTC day as the treatment of its field would disclose it.
std::optional<std::string> treated(const std::optional<std::string>& day, const redaction::Treatment& treatment) {
  if (!day || treatment.action == redaction::Action::keep) return day;
  const auto time = core::read_rfc3339(*day + "T00:00:00Z");
  if (!time || treatment.action != redaction::Action::truncate_time) return std::nullopt;
  return core::start_of(treatment.calendar, *time).date();
}

/// The treatment of a role's field; a role that the dictionary does not have discloses nothing.
redaction::Treatment treatment_of(const std::string& path, const redaction::Plan& plan,
                                  const dictionary::Dictionary& dictionary) {
  const auto field = dictionary.find(path);
  return field ? plan.value(*field) : redaction::Treatment{.action = redaction::Action::drop};
}

/// Whether a disclosure left, or is still to leave.
bool stands(ledger::Stage stage) {
  return stage != ledger::Stage::recorded && stage != ledger::Stage::withdrawn && stage != ledger::Stage::abandoned &&
         stage != ledger::Stage::payload_lost;
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

  // What was to be sent can end after a later disclosure has left, so the entries count and not the numbers.
  AIRLOCK_TRY(const auto ended, ledger.ended_since(previous ? previous->recorded : 0, last + 1));
  for (const ledger::Disclosure& disclosure : ended) {
    out.voids.push_back({disclosure.disclosure, std::string(ledger::name(disclosure.stage))});
  }
  return out;
}

Result<std::optional<Earlier>> find_repeat(const ledger::Ledger& ledger, const core::Digest& report,
                                           const core::Digest& decision) {
  AIRLOCK_TRY(const auto originals, ledger.originals(report));
  for (const ledger::Original& original : originals) {
    AIRLOCK_TRY(const auto entries, ledger.entries_of_report(original.report_id));
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->kind != ledger::Kind::produced && entry->kind != ledger::Kind::decided) continue;
      AIRLOCK_TRY(const auto recorded, read_decision(*entry));
      if (!recorded.disclosure_id || recorded.decision_sha256 != decision.hex()) continue;
      AIRLOCK_TRY(const auto disclosure, ledger.disclosure(*recorded.disclosure_id));
      if (disclosure && stands(disclosure->stage)) {
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
