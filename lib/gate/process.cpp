#include "gate/process.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/anchor.hpp"
#include "gate/append.hpp"
#include "gate/entries.hpp"
#include "gate/figures.hpp"
#include "gate/history.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/queueing.hpp"
#include "gate/record.hpp"
#include "gate/recovery.hpp"
#include "gate/retention.hpp"
#include "gate/sealing.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::quote;

/// Why a report is held whose bytes to leave are not the expected ones.
constexpr std::string_view expectation = "expect";

/// What the ledger keeps of why a report was stopped: not the character at which one is malformed.
std::string recorded_message(const Stop& stop) {
  if (stop.reason != "malformed") return stop.message;
  const auto place = stop.message.starts_with("byte ") ? stop.message.find(':') : std::string::npos;
  return (place == std::string::npos ? "the report" : stop.message.substr(0, place)) + ": malformed, or beyond a limit";
}

void hold_if_unexpected(Prepared& prepared, const ProcessOptions& options) {
  if (!leaves(prepared.outcome) || !options.expect || *options.expect == prepared.payload_sha256) return;
  prepared.outcome = Outcome::held;
  prepared.stop = {.reason = std::string(expectation),
                   .message = "the bytes that would leave have SHA-256 " + prepared.payload_sha256.hex() + ", not " +
                              options.expect->hex(),
                   .hint = "look at them with `airlock preview`, then run again with their digest"};
}

Processed describe(Prepared prepared, const Inputs& inputs, const Received& report) {
  Processed out;
  const auto& verdict = inputs.licence.verdict;
  out.licence_state = core::name(verdict.state);
  if (verdict.licence) out.licence_serial = verdict.licence->serial;
  out.days_left = verdict.days_left;
  out.original_sha256 = report.sha256.hex();
  out.original_size = report.size;
  out.message = prepared.stop.message;
  out.hint = prepared.stop.hint;
  out.exit = leaves(prepared.outcome) ? 0 : prepared.stop.exit;
  switch (prepared.outcome) {
    case Outcome::seal:
      out.outcome = "sealed";
      break;
    case Outcome::queue:
      out.outcome = "queued";
      break;
    case Outcome::withheld:
      out.outcome = "withheld";
      break;
    case Outcome::held:
      out.outcome = "held";
      break;
    case Outcome::refused:
      out.outcome = "refused";
      break;
  }
  if (prepared.redacted) {
    for (const auto& count : prepared.redacted->counts) {
      out.redactions.push_back({count.path, count.what, count.action, count.count});
    }
  }
  out.prepared = std::move(prepared);
  return out;
}

/// Steps A to 4 for one prepared report, under the lock.
class Recorder {
 public:
  Recorder(const Inputs& inputs, ledger::Ledger& ledger, const Received& report, const ProcessOptions& options)
      : inputs_(inputs), ledger_(ledger), report_(report), options_(options) {}

  Result<Processed> run(Subject subject, Prepared prepared) {
    Processed out = describe(std::move(prepared), inputs_, report_);
    std::optional<Earlier> earlier;
    if (leaves(out.prepared.outcome) && !(subject.number != 0 && options_.again)) {
      AIRLOCK_TRY(earlier, find_repeat(inputs_.site, ledger_, report_, decision_digest(out.prepared, inputs_)));
    }
    if (earlier && options_.again) {
      subject = {earlier->report_id, earlier->number, ledger::Kind::decided, subject.was_held};
      earlier.reset();
    }
    if (!options_.public_is_kept) {
      AIRLOCK_CHECK(refresh_public(inputs_.site, ledger_, inputs_.licence.verdict, inputs_.now));
    }
    if (subject.number == 0) {
      if (subject.report_id.empty()) subject.report_id = sys::random_uuid();
      AIRLOCK_TRY(const std::uint64_t last, ledger_.last_number());
      subject.number = last + 1;
    }
    out.report_id = subject.report_id;
    out.number = subject.number;
    if (earlier) return repeat(std::move(out), subject, *earlier);
    if (out.prepared.outcome == Outcome::seal) return seal(std::move(out), subject);
    if (out.prepared.outcome == Outcome::queue) return queue(std::move(out), subject);
    return stop(std::move(out), subject);
  }

 private:
  /// Step A's entries: what changed at the site, then the report.
  Result<std::uint64_t> append_report(ledger::Ledger::Change& change, const Subject& subject, const Json& decided) {
    AIRLOCK_CHECK(append_site_changes(change, ledger_, inputs_));
    const bool is_new = subject.kind == ledger::Kind::produced;
    const std::string salt = sys::random_bytes(salt_bytes);
    Json members{{"number", subject.number}};
    if (!options_.confinement.empty()) members["sandbox"] = options_.confinement;
    if (is_new) {
      AIRLOCK_TRY(members["original"], original_members(report_, salt));
    }
    members.update(decided);
    AIRLOCK_TRY(const std::uint64_t seq, append(change, subject.kind, subject.report_id, members, inputs_.now));
    if (is_new) AIRLOCK_CHECK(change.keep_original({subject.report_id, report_.sha256, salt, report_.size}));
    return seq;
  }

  Json decided(const Processed& out, const std::optional<NewDisclosure>& disclosure = std::nullopt) const {
    return decision_members(out.prepared, inputs_, options_.note, disclosure);
  }

  Result<Processed> stop(Processed out, const Subject& subject) {
    const std::string held = inputs_.site.path(site::layout::held) + "/" + subject.report_id;
    const bool is_held = out.prepared.outcome == Outcome::held;
    if (is_held && !subject.was_held) AIRLOCK_CHECK(keep(held));
    AIRLOCK_TRY(auto change, ledger_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out)));
    const Stop& stop = out.prepared.stop;
    const Json members{{"number", subject.number}, {"reason", stop.reason}, {"message", recorded_message(stop)}};
    const auto kind = is_held                                     ? ledger::Kind::held
                      : out.prepared.outcome == Outcome::withheld ? ledger::Kind::withheld
                                                                  : ledger::Kind::refused;
    AIRLOCK_CHECK(append(change, kind, subject.report_id, members, inputs_.now));
    AIRLOCK_TRY(out.head, change.commit());
    if (!is_held) AIRLOCK_CHECK(sys::remove_file(held));
    return out;
  }

  Result<void> keep(const std::string& path) {
    AIRLOCK_TRY(auto file, sys::NewFile::create(path, sys::private_file));
    core::BlobSource source(report_.bytes);
    AIRLOCK_CHECK(core::copy(source, file));
    AIRLOCK_CHECK(file.sync());
    file.keep();
    return sys::sync_directory(inputs_.site.path(site::layout::held));
  }

  Result<Processed> repeat(Processed out, const Subject& subject, const Earlier& earlier) {
    AIRLOCK_TRY(auto change, ledger_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out)));
    const Json members{
        {"number", subject.number}, {"repeats", earlier.number}, {"disclosure_id", earlier.disclosure_id}};
    AIRLOCK_CHECK(append(change, ledger::Kind::repeated, subject.report_id, members, inputs_.now));
    AIRLOCK_TRY(out.head, change.commit());
    AIRLOCK_CHECK(sys::remove_file(inputs_.site.path(site::layout::held) + "/" + subject.report_id));
    out.outcome = "repeated";
    out.repeats = earlier.number;
    out.message = "the same bytes were disclosed before as report " + std::to_string(earlier.number);
    out.hint = "`--again` discloses them again under a new disclosure id";
    return out;
  }

  Result<Processed> seal(Processed out, const Subject& subject) {
    AIRLOCK_TRY(const std::uint64_t last, ledger_.last_disclosure());
    const NewDisclosure disclosure{sys::random_uuid(), last + 1};
    AIRLOCK_TRY(const History history,
                history_since_last(ledger_, *out.prepared.plan, inputs_.kit->dictionary, subject.report_id));
    Json entry = decided(out, disclosure);
    entry["number"] = subject.number;
    AIRLOCK_TRY(auto sealing, Sealing::begin(inputs_, out.prepared, entry, history));
    entry["disclosure"].update(sealing.promise());

    AIRLOCK_TRY(auto change, ledger_.change());
    AIRLOCK_TRY(const std::uint64_t seq, append_report(change, subject, entry));
    AIRLOCK_TRY(const ledger::TreeHead recorded, change.commit());

    // From here on the record stands: whatever fails, the next run finishes it or says that it was abandoned.
    AIRLOCK_TRY(const SealedBundle sealed, sealing.write(ledger_, seq, recorded));
    AIRLOCK_TRY(auto second, ledger_.change());
    const Json members{
        {"number", subject.number},          {"disclosure_id", disclosure.id},          {"file", sealed.file},
        {"file_sha256", sealed.file_sha256}, {"content_sha256", sealed.content_sha256}, {"size", sealed.size},
        {"checkpoint", sealed.checkpoint}};
    AIRLOCK_CHECK(append(second, ledger::Kind::sealed, subject.report_id, members, inputs_.now));
    AIRLOCK_CHECK(second.keep_checkpoint(recorded, sealed.checkpoint));
    AIRLOCK_TRY(out.head, second.commit());
    keep_for_usage(out.prepared, disclosure.id);

    out.bundle_sha256 = sealed.file_sha256;
    const auto released = finish(disclosure.id, subject.report_id);
    if (!released) {
      out.outcome = "unfinished";
      out.exit = static_cast<int>(Code::later);
      out.message =
          "the bundle is sealed and recorded, but could not be put into the outbox: " + released.error().message;
      const std::string& first = released.error().hint;
      out.hint = (first.empty() ? "" : first + "; ") + "the next run finishes it";
    } else if (!*released) {
      out.outcome = "payload_lost";
      out.exit = static_cast<int>(Code::integrity);
      out.message = "the bundle on disk is not the one that was sealed";
      out.hint = "check the disk, then run again with `--again`";
    } else {
      out.bundle = inputs_.site.path(site::layout::outbox) + "/" + sealed.file;
      if (const auto head = ledger_.head()) out.head = *head;
    }
    return out;
  }

  /// Steps A to 4 of what is to be sent, which airlock-send does.
  Result<Processed> queue(Processed out, const Subject& subject) {
    AIRLOCK_TRY(const std::uint64_t last, ledger_.last_disclosure());
    const NewDisclosure disclosure{sys::random_uuid(), last + 1};
    AIRLOCK_TRY(auto queueing, Queueing::begin(inputs_.site, *out.prepared.payload, disclosure));

    AIRLOCK_TRY(auto change, ledger_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out, disclosure)));
    AIRLOCK_TRY(const ledger::TreeHead recorded, change.commit());

    AIRLOCK_TRY(Json members, queueing.write(out.prepared.payload_sha256, recorded));
    members["number"] = subject.number;
    AIRLOCK_TRY(auto second, ledger_.change());
    AIRLOCK_CHECK(append(second, ledger::Kind::queued, subject.report_id, members, inputs_.now));
    AIRLOCK_CHECK(second.keep_checkpoint(recorded, members.at("checkpoint").get<std::string>()));
    AIRLOCK_TRY(out.head, second.commit());
    keep_for_usage(out.prepared, disclosure.id);

    out.disclosure_id = disclosure.id;
    out.exit = static_cast<int>(Code::later);
    out.message = "the report waits to be sent";
    out.hint = "`airlock-send` sends it; `airlock outbox list` shows what waits";
    // Whatever fails from here on the next run does.
    if (show_payload(inputs_.site, disclosure.id)) {
      (void)sys::remove_file(inputs_.site.path(site::layout::held) + "/" + subject.report_id);
    }
    return out;
  }

  /// They are advice: without them `licence usage` says that it has none.
  void keep_for_usage(const Prepared& prepared, const std::string& disclosure_id) {
    (void)keep_figures(inputs_, ledger_, disclosure_id, *prepared.payload);
  }

  /// Steps 2 to 4; the next run does what is left of them.
  Result<bool> finish(const std::string& disclosure_id, const std::string& report_id) {
    AIRLOCK_TRY(const auto row, ledger_.disclosure(disclosure_id));
    if (!row) return fail(Code::unexpected, "the ledger lost disclosure " + disclosure_id);
    AIRLOCK_TRY(const bool released, release(inputs_.site, ledger_, *row, inputs_.now, false));
    AIRLOCK_CHECK(sys::remove_file(inputs_.site.path(site::layout::held) + "/" + report_id));
    return released;
  }

  const Inputs& inputs_;
  ledger::Ledger& ledger_;
  const Received& report_;
  const ProcessOptions& options_;
};

/// Another process may have decided on the report while this one waited for the lock.
Result<void> check_still_held(const ledger::Ledger& ledger, std::uint64_t number) {
  AIRLOCK_TRY(const auto row, ledger.report(number));
  if (row && row->latest == ledger::Kind::held) return {};
  return fail(Code::usage, "report " + std::to_string(number) + " is no longer held", "see `airlock ledger list`");
}

/// Whether a report is held because the bytes to leave were not those that a person had looked at.
Result<bool> held_by_expectation(const ledger::Ledger& ledger, const ledger::ReportRow& row) {
  AIRLOCK_TRY(const auto entry, ledger.entry(row.latest_seq));
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  return json.value("reason", "") == expectation;
}

}  // namespace

Result<Processed> record(const site::Site& site, const Received& report, const Subject& subject,
                         const ProcessOptions& options) {
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  AIRLOCK_TRY(Inputs inputs, read_inputs(site.directory(), ledger, sys::now()));
  AIRLOCK_TRY(Prepared prepared, prepare(report, inputs, options.note));

  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(inputs.site.path(site::layout::lock), lock_seconds));
  if (!options.public_is_kept) AIRLOCK_CHECK(name_what_is_newer(ledger, inputs.now));
  AIRLOCK_CHECK(recover(inputs.site, ledger, inputs.now));
  AIRLOCK_CHECK(expire(inputs.site, ledger, inputs.now));
  if (subject.was_held) AIRLOCK_CHECK(check_still_held(ledger, subject.number));
  AIRLOCK_TRY(Inputs fresh, read_inputs(site.directory(), ledger, sys::now()));
  if (fresh.fingerprint != inputs.fingerprint || fresh.licence.verdict.state != inputs.licence.verdict.state) {
    AIRLOCK_TRY(prepared, prepare(report, fresh, options.note));
  }
  hold_if_unexpected(prepared, options);
  if (subject.was_held && prepared.outcome == Outcome::held) {
    Processed out = describe(std::move(prepared), fresh, report);
    out.report_id = subject.report_id;
    out.number = subject.number;
    AIRLOCK_TRY(out.head, ledger.head());
    return out;
  }
  auto recorded = Recorder(fresh, ledger, report, options).run(subject, std::move(prepared));
  if (!recorded) {
    // Nobody knows whether a commit that failed has happened; the ledger, opened again, does. What cannot be cleaned up
    // now is for the next run, and the error that is told is the first one.
    auto reopened = open_to_write(site);
    if (reopened) (void)recover(fresh.site, *reopened, fresh.now);
  }
  return recorded;
}

namespace {

Result<Processed> decide_again(const site::Site& site, const ledger::ReportRow& row, const ProcessOptions& options) {
  AIRLOCK_TRY(auto input, sys::InputSource::open(site.path(site::layout::held) + "/" + row.report_id));
  AIRLOCK_TRY(const Received report, receive(site, input));
  return record(site, report, {row.report_id, row.number, ledger::Kind::decided, true}, options);
}

}  // namespace

Result<Processed> process(const std::string& directory, core::Source& input, const ProcessOptions& options) {
  if (options.dry_run) {
    AIRLOCK_TRY(Preview dry, preview(directory, input, options));
    return std::move(dry.result);
  }
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const Received report, receive(site, input));
  return record(site, report, {}, options);
}

Result<std::vector<Processed>> process_held(const std::string& directory, const std::vector<std::uint64_t>& numbers,
                                            const ProcessOptions& options) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  std::vector<ledger::ReportRow> rows;
  {
    // What a crash left may be a report that is held again.
    AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), lock_seconds));
    AIRLOCK_TRY(auto ledger, open_to_write(site));
    AIRLOCK_CHECK(recover(site, ledger, sys::now()));
    AIRLOCK_CHECK(expire(site, ledger, sys::now()));
    AIRLOCK_TRY(const auto all, held_reports(ledger));
    for (const ledger::ReportRow& row : all) {
      // Only a person who names it overrules the person who asked for other bytes.
      AIRLOCK_TRY(const bool named_only, held_by_expectation(ledger, row));
      if (!numbers.empty() || !named_only) rows.push_back(row);
    }
  }
  for (const std::uint64_t number : numbers) {
    const auto is_it = [&](const ledger::ReportRow& row) { return row.number == number; };
    if (std::none_of(rows.begin(), rows.end(), is_it)) {
      return fail(Code::usage, "report " + std::to_string(number) + " is not held", "see `airlock ledger list`");
    }
  }
  std::vector<Processed> out;
  for (const ledger::ReportRow& row : rows) {
    if (!numbers.empty() && std::find(numbers.begin(), numbers.end(), row.number) == numbers.end()) continue;
    auto processed = decide_again(site, row, options);
    if (!processed && numbers.empty()) {
      // Where all are meant, those that another process has dealt with meanwhile are none of them.
      AIRLOCK_TRY(const auto ledger, open_to_read(site));
      if (!check_still_held(ledger, row.number)) continue;
    }
    if (!processed) return fail(std::move(processed).error());
    out.push_back(std::move(*processed));
  }
  return out;
}

Result<Preview> preview(const std::string& directory, core::Source& input, const ProcessOptions& options) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(auto ledger, open_to_decide(site));
  AIRLOCK_TRY(Inputs inputs, read_inputs(directory, ledger, sys::now()));
  AIRLOCK_TRY(const Received report, receive(inputs.site, input));
  AIRLOCK_TRY(Prepared prepared, prepare(report, inputs, options.note));
  hold_if_unexpected(prepared, options);
  Processed result = describe(std::move(prepared), inputs, report);
  AIRLOCK_TRY(result.head, ledger.head());
  return Preview{std::move(inputs), std::move(result)};
}

}  // namespace airlock::gate
