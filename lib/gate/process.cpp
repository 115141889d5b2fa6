#include "gate/process.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "crypto/hash.hpp"
#include "gate/approvals.hpp"
#include "gate/kept.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "gate/record.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "ledger/report_row.hpp"

namespace airlock::gate {
namespace {

using core::Json;

/// The digest of everything that a decision depends on besides the report, the program's version included. If it is
/// the same as before, every outcome is too.
core::Digest stand_of(const Inputs& inputs) {
  std::string officers;
  for (const site::Officer& officer : inputs.officers.list) officers += officer.is_valid_at(inputs.now) ? '1' : '0';
  return crypto::sha256(officers + "\n" + inputs.fingerprint.hex() + "\n" +
                        std::string(core::name(inputs.licence.verdict.state)) + "\n" +
                        (inputs.kit && inputs.kit->is_stale(inputs.now) ? "stale" : "") + "\n" + AIRLOCK_VERSION);
}

/// The note that came with a report.
Result<std::string> note_of(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report_id));
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
    if (entry->kind != ledger::Kind::produced && entry->kind != ledger::Kind::decided) continue;
    AIRLOCK_TRY(const Json json, ledger::body_of(*entry));
    return json.value("note", "");
  }
  return std::string();
}

/// The options for a report that waits. Without a new note, the report keeps the note that it came with.
Result<ProcessOptions> with_its_note(ProcessOptions options, const ledger::Ledger& ledger,
                                     const ledger::ReportRow& row) {
  if (options.note.empty()) {
    AIRLOCK_TRY(options.note, note_of(ledger, row.report_id));
  }
  return options;
}

/// Decides again on a report that waits.
Result<Processed> decide_again(const site::Site& site, const ledger::ReportRow& row, const ProcessOptions& options,
                               Keeping& keeping) {
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const Received report, receive_kept(site, ledger, row));
  AIRLOCK_TRY(const ProcessOptions with_note, with_its_note(options, ledger, row));
  const Subject subject{
      .report_id = row.report_id, .number = row.number, .kind = ledger::Kind::decided, .was_held = true, .dropped = {}};
  return record(site, report, subject, with_note, keeping);
}

/// The reports that `process --held` decides again: those that are named, otherwise all for which something has
/// changed.
struct ToLookAt {
  std::vector<ledger::ReportRow> rows;
  core::Digest stand;
  std::uint64_t ledger_size = 0;  ///< later entries have not been looked at
};
Result<ToLookAt> to_look_at(const site::Site& site, const std::vector<std::uint64_t>& numbers, Keeping& keeping) {
  // Recovery may hold a report again, so it comes first.
  AIRLOCK_TRY(auto session, Session::begin(site, Patience::report, NewerOrders::are_left));
  AIRLOCK_CHECK(finish_before(session, keeping));
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const Inputs inputs, read_inputs(session));
  AIRLOCK_TRY(const ledger::TreeHead head, ledger.head());
  ToLookAt out{.rows = {}, .stand = stand_of(inputs), .ledger_size = head.size};
  for (const std::uint64_t number : numbers) {
    AIRLOCK_TRY(auto row, waiting_report(site, ledger, number));
    out.rows.push_back(std::move(row));
  }
  if (!numbers.empty()) return out;
  const std::uint64_t looked = looked_until(site, out.stand);
  AIRLOCK_TRY(const auto all, waiting_reports(site, ledger));
  for (const ledger::ReportRow& row : all) {
    if (row.latest_seq < looked) {
      AIRLOCK_TRY(const bool approved, approved_since(ledger, row.report_id, looked));
      if (!approved) continue;
    }
    // A report that `--expect` held waits until a person names it.
    AIRLOCK_TRY(const Why why, why_it_waits(ledger, row));
    if (why.reason != name(StopReason::expect)) out.rows.push_back(row);
  }
  return out;
}

}  // namespace

Result<Processed> process(const std::string& directory, core::Source& input, const ProcessOptions& options,
                          const sys::World& world) {
  if (options.dry_run) {
    AIRLOCK_TRY(Preview dry, preview(directory, input, options));
    return std::move(dry.result);
  }
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  AIRLOCK_TRY(const Received report, receive(site, input, Beyond::kept));
  Keeping keeping;
  return record(site, report, {}, options, keeping);
}

Result<Looked> process_held(const std::string& directory, const std::vector<std::uint64_t>& numbers,
                            const ProcessOptions& options, const sys::World& world) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory, world));
  Keeping keeping;
  AIRLOCK_TRY(const ToLookAt to_look, to_look_at(site, numbers, keeping));
  Looked out;
  for (const ledger::ReportRow& row : to_look.rows) {
    auto processed = decide_again(site, row, options, keeping);
    if (processed) {
      out.reports.push_back(std::move(*processed));
      continue;
    }
    // Another process may have decided on it meanwhile.
    AIRLOCK_TRY(const auto ledger, open_to_read(site));
    if (numbers.empty() && !waiting_row(ledger, row.number)) continue;
    out.failed.push_back({row.number, std::move(processed).error()});
  }
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto waiting, waiting_reports(site, ledger));
  out.waiting = waiting.size();
  if (numbers.empty() && out.failed.empty()) {
    // This only saves time: if it fails, the next run looks at all reports again.
    const auto lock = lock_site(site, Patience::none);
    if (lock) (void)note_looked(site, to_look.stand, to_look.ledger_size);
  }
  return out;
}

namespace {

/// `row`: the report, where the ledger knows it.
Result<Preview> preview_of(const site::Site& site, const ledger::Ledger& ledger, Received report,
                           const ProcessOptions& options, const ledger::ReportRow& row = {}) {
  AIRLOCK_TRY(Inputs inputs, read_inputs(site, ledger));
  AIRLOCK_TRY(Prepared prepared, prepare(report, inputs, options.note, *options.progress));
  hold_if_unexpected(prepared, options);
  AIRLOCK_CHECK(hold_unless_approved(prepared, inputs, ledger, {row.report_id, row.number, options.note}));
  Processed result = describe(std::move(prepared), inputs, report);
  AIRLOCK_TRY(result.head, ledger.head());
  return Preview{std::move(inputs), std::move(result), std::move(report), options.note};
}

}  // namespace

Result<Preview> preview(const std::string& directory, core::Source& input, const ProcessOptions& options) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_decide(site));
  AIRLOCK_TRY(Received report, receive(site, input));
  return preview_of(site, ledger, std::move(report), options);
}

Result<Preview> preview_waiting(const std::string& directory, std::uint64_t number, const ProcessOptions& options) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_decide(site));
  AIRLOCK_TRY(const auto row, waiting_report(site, ledger, number));
  AIRLOCK_TRY(Received report, receive_kept(site, ledger, row));
  AIRLOCK_TRY(const ProcessOptions with_note, with_its_note(options, ledger, row));
  return preview_of(site, ledger, std::move(report), with_note, row);
}

Result<std::vector<redaction::Fate>> fates_of(const Preview& preview, std::size_t most) {
  const Prepared& prepared = preview.result.prepared;
  if (!prepared.plan) return std::vector<redaction::Fate>{};
  AIRLOCK_TRY(const auto pseudonym_key, preview.inputs.site.pseudonym_key());
  return redaction::fates(preview.report.bytes, preview.inputs.kit->dictionary, *prepared.plan, pseudonym_key,
                          limits_of(preview.inputs.site.configuration()),
                          crypto::Secret(preview.inputs.site.world().random_bytes(16)),
                          {.maximum = most, .misfits_only = false, .copied = prepared.copied_tokens});
}

}  // namespace airlock::gate
