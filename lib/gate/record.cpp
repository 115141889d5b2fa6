#include "gate/record.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "crypto/hash.hpp"
#include "gate/approvals.hpp"
#include "gate/entries.hpp"
#include "gate/history.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/public_part.hpp"
#include "gate/queueing.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recovery.hpp"
#include "gate/retention.hpp"
#include "gate/sealing.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "sys/names.hpp"
#include "sys/sizes.hpp"
#include "sys/world.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;

/// Steps A to 4 for one prepared report, under the lock.
class Recorder {
 public:
  Recorder(const Inputs& inputs, Session& session, const Received& report, const ProcessOptions& options,
           Keeping& keeping)
      : inputs_(inputs),
        session_(session),
        ledger_(session.ledger()),
        report_(report),
        options_(options),
        keeping_(keeping) {}

  Result<Processed> run(Subject subject, Prepared prepared) {
    Processed out = describe(std::move(prepared), inputs_, report_);
    if (subject.was_held && leaves(out.prepared.outcome)) AIRLOCK_CHECK(withdraw_earlier(subject));
    std::optional<Earlier> earlier;
    const bool is_about_to_leave =
        leaves(out.prepared.outcome) || out.prepared.stop.reason == StopReason::approval;  // a repeat needs no approval
    if (is_about_to_leave && !(subject.number != 0 && options_.again)) {
      AIRLOCK_TRY(earlier, find_repeat(inputs_.site, ledger_, report_, decision_digest(out.prepared, inputs_)));
    }
    if (earlier && options_.again && leaves(out.prepared.outcome)) {
      subject.report_id = earlier->report_id;
      subject.number = earlier->number;
      subject.kind = ledger::Kind::decided;
      earlier.reset();
    }
    if (!options_.public_is_kept) {
      AIRLOCK_CHECK(refresh_public(inputs_.site, ledger_, inputs_.licence.verdict, inputs_.now));
    }
    if (subject.number == 0) {
      if (subject.report_id.empty()) subject.report_id = sys::random_uuid(inputs_.site.world());
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
  Result<std::uint64_t> append_report(SessionChange& change, const Subject& subject, const Json& decided) {
    AIRLOCK_CHECK(append_site_changes(change, ledger_, inputs_));
    const bool is_new = subject.kind == ledger::Kind::produced;
    const std::string salt = inputs_.site.world().random_bytes(salt_bytes);
    Json members{{"number", subject.number}};
    if (!options_.confinement.empty()) members["sandbox"] = options_.confinement;
    if (is_new) {
      AIRLOCK_TRY(members["original"], original_members(report_, salt));
    }
    members.update(decided);
    AIRLOCK_TRY(const std::uint64_t seq, change.append(subject.kind, subject.report_id, members));
    if (is_new) AIRLOCK_CHECK(change.keep_original({subject.report_id, report_.sha256, salt, report_.size}));
    return seq;
  }

  Json decided(const Processed& out, const std::optional<NewDisclosure>& disclosure = std::nullopt) const {
    return decision_members(out.prepared, inputs_, options_.note, disclosure);
  }

  Result<Processed> stop(Processed out, const Subject& subject) {
    const bool is_held = out.prepared.outcome == Outcome::held;
    const bool is_kept = is_held || out.prepared.outcome == Outcome::refused;
    const Share share = is_held ? Share::reports : Share::no_reports;
    if (is_kept && !subject.was_held) AIRLOCK_CHECK(keep_before(subject, share));
    AIRLOCK_TRY(auto change, session_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out)));
    const Stop& stop = out.prepared.stop;
    const Json members{{"number", subject.number},
                       {"reason", name(stop.reason)},
                       {"message", stop.recorded.empty() ? stop.message : stop.recorded}};
    const auto kind = is_held ? ledger::Kind::held : is_kept ? ledger::Kind::refused : ledger::Kind::withheld;
    AIRLOCK_CHECK(change.append(kind, subject.report_id, members));
    AIRLOCK_TRY(out.head, change.commit());
    if (!is_kept) AIRLOCK_CHECK(remove_kept(subject.report_id));
    return out;
  }

  /// Keeps the report's bytes. A dropped file that is too large to be read stays where it is: the supervisor claimed
  /// it, and moves it once its id is in the ledger, since nobody would know the file before.
  Result<void> keep_before(const Subject& subject, Share share) {
    if (report_.whole) return keeping_.keep(inputs_.site, ledger_, subject.report_id, report_, share);
    if (!subject.dropped.empty()) {
      AIRLOCK_TRY(const std::uint64_t size, sys::size_of(subject.dropped));
      return keeping_.check_room(inputs_.site, ledger_, share, size);
    }
    return fail(
        Code::not_recorded,
        "the report is larger than " + std::to_string(room_of(share, inputs_.site.configuration())) +
            " bytes, the maximum that is kept of refused input",
        "keep it, and find out which program makes it; a larger `limits.held_bytes` in airlock.json allows more");
  }

  Result<void> remove_kept(const std::string& report_id) {
    return sys::remove_file(kept_path(inputs_.site, report_id), inputs_.site.world());
  }

  /// Ends the report's earlier disclosures that were given up, so that they cannot leave as well.
  Result<void> withdraw_earlier(const Subject& subject) {
    AIRLOCK_TRY(const auto given_up, given_up_of(ledger_, subject.report_id));
    if (given_up.empty()) return {};
    AIRLOCK_TRY(auto change, session_.change());
    AIRLOCK_CHECK(withdraw(change, given_up, "decided again"));
    AIRLOCK_CHECK(hold_again(change, inputs_.site, given_up.back(), "withdrawn", "decided again"));
    AIRLOCK_CHECK(change.commit());
    return remove_payloads(inputs_.site, given_up);
  }

  Result<Processed> repeat(Processed out, const Subject& subject, const Earlier& earlier) {
    AIRLOCK_TRY(auto change, session_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out)));
    const Json members{
        {"number", subject.number}, {"repeats", earlier.number}, {"disclosure_id", earlier.disclosure_id}};
    AIRLOCK_CHECK(change.append(ledger::Kind::repeated, subject.report_id, members));
    AIRLOCK_TRY(out.head, change.commit());
    AIRLOCK_CHECK(remove_kept(subject.report_id));
    out.outcome = ReportOutcome::repeated;
    out.repeats = earlier.number;
    out.message = "the same bytes were disclosed before as report " + std::to_string(earlier.number);
    out.hint = "`--again` discloses them again under a new disclosure id";
    return out;
  }

  Result<Processed> seal(Processed out, const Subject& subject) {
    AIRLOCK_TRY(const std::uint64_t last, ledger_.last_disclosure());
    const NewDisclosure disclosure{sys::random_uuid(inputs_.site.world()), last + 1};
    AIRLOCK_TRY(const History history,
                history_since_last(ledger_, *out.prepared.plan, inputs_.kit->dictionary, subject.report_id));
    Json entry = decided(out, disclosure);
    entry["number"] = subject.number;
    AIRLOCK_TRY(auto sealing, Sealing::begin(inputs_, out.prepared, entry, history));
    entry["disclosure"].update(sealing.promise());

    AIRLOCK_TRY(auto change, session_.change());
    AIRLOCK_TRY(const std::uint64_t seq, append_report(change, subject, entry));
    AIRLOCK_TRY(const ledger::TreeHead recorded, change.commit());

    // From here on the record is final. If a later step fails, the next run finishes it or records `abandoned`.
    AIRLOCK_TRY(const SealedBundle sealed, sealing.write(ledger_, seq, recorded));
    AIRLOCK_TRY(auto second, session_.change());
    const Json members{
        {"number", subject.number},          {"disclosure_id", disclosure.id},          {"file", sealed.file},
        {"file_sha256", sealed.file_sha256}, {"content_sha256", sealed.content_sha256}, {"size", sealed.size},
        {"checkpoint", sealed.checkpoint}};
    AIRLOCK_CHECK(second.append(ledger::Kind::sealed, subject.report_id, members));
    AIRLOCK_CHECK(second.keep_checkpoint(recorded, sealed.checkpoint));
    AIRLOCK_TRY(out.head, second.commit());

    out.bundle_sha256 = sealed.file_sha256;
    const auto released = finish(disclosure.id, subject);
    if (!released) {
      out.outcome = ReportOutcome::unfinished;
      out.message =
          "the bundle is sealed and recorded, but could not be put into the outbox: " + released.error().message;
      const std::string& first = released.error().hint;
      out.hint = (first.empty() ? "" : first + "; ") + "the next run finishes it";
    } else if (!*released) {
      out.outcome = ReportOutcome::payload_lost;
      out.message = "the bundle on disk differs from the one that was sealed";
      out.hint = "check the disk; the report is held, and `airlock process --held` seals it again";
    } else {
      out.bundle = in_outbox(inputs_.site, sealed.file);
      if (const auto head = ledger_.head()) out.head = *head;
    }
    return out;
  }

  /// Steps A to 4 of a report that airlock-send will send.
  Result<Processed> queue(Processed out, const Subject& subject) {
    AIRLOCK_TRY(const std::uint64_t last, ledger_.last_disclosure());
    const NewDisclosure disclosure{sys::random_uuid(inputs_.site.world()), last + 1};
    AIRLOCK_TRY(auto queueing, Queueing::begin(inputs_.site, *out.prepared.payload, disclosure));
    // The original is kept until the payload was sent, since sending may fail.
    if (!subject.was_held) AIRLOCK_CHECK(keep_original(inputs_.site, subject.report_id, report_));

    AIRLOCK_TRY(auto change, session_.change());
    AIRLOCK_CHECK(append_report(change, subject, decided(out, disclosure)));
    AIRLOCK_TRY(const ledger::TreeHead recorded, change.commit());

    AIRLOCK_TRY(Json members, queueing.write(out.prepared.payload_sha256, recorded));
    members["number"] = subject.number;
    AIRLOCK_TRY(auto second, session_.change());
    AIRLOCK_CHECK(second.append(ledger::Kind::queued, subject.report_id, members));
    AIRLOCK_CHECK(second.keep_checkpoint(recorded, members.at("checkpoint").get<std::string>()));
    AIRLOCK_TRY(out.head, second.commit());

    out.disclosure_id = disclosure.id;
    out.message = "the report waits to be sent";
    out.hint = "`airlock-send` sends it; `airlock outbox list` shows what waits";
    (void)show_payload(inputs_.site, disclosure.id);  // if this fails, the next run does it
    return out;
  }

  /// Steps 2 to 4. If it fails, the next run does the rest.
  Result<bool> finish(const std::string& disclosure_id, const Subject& subject) {
    AIRLOCK_TRY(const auto row, ledger_.disclosure(disclosure_id));
    if (!row) return fail(Code::unexpected, "the ledger lost disclosure " + disclosure_id);
    AIRLOCK_TRY(const bool released, release_bundle(session_, *row, false));
    if (released) {
      AIRLOCK_CHECK(remove_kept(subject.report_id));
    } else if (!subject.was_held) {
      AIRLOCK_CHECK(keep_original(inputs_.site, subject.report_id, report_));
      AIRLOCK_TRY(auto change, session_.change());
      AIRLOCK_CHECK(hold_again(change, inputs_.site, *row, "payload_lost", "what was sealed was altered or lost"));
      AIRLOCK_CHECK(change.commit());
    }
    return released;
  }

  const Inputs& inputs_;
  Session& session_;
  const ledger::Ledger& ledger_;
  const Received& report_;
  const ProcessOptions& options_;
  Keeping& keeping_;
};

/// Whether a report that waits would wait for the same reason as before.
Result<bool> is_same_outcome(const ledger::Ledger& ledger, const Subject& subject, const Prepared& prepared) {
  const bool is_held = prepared.outcome == Outcome::held;
  if (!is_held && prepared.outcome != Outcome::refused) return false;
  AIRLOCK_TRY(const auto row, ledger.report(subject.number));
  if (!row || row->latest != (is_held ? ledger::Kind::held : ledger::Kind::refused)) return false;
  AIRLOCK_TRY(const Why why, why_it_waits(ledger, *row));
  if (why.reason != name(prepared.stop.reason)) return false;
  // The message says who has signed, and whose signature is missing.
  return prepared.stop.reason != StopReason::approval || why.message == prepared.stop.message;
}

}  // namespace

void hold_if_unexpected(Prepared& prepared, const ProcessOptions& options) {
  if (!leaves(prepared.outcome) || !options.expect || *options.expect == prepared.payload_sha256) return;
  prepared.outcome = Outcome::held;
  prepared.stop = {.reason = StopReason::expect,
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
  out.outcome = carried_out(prepared.outcome);
  if (prepared.redacted) {
    for (const auto& count : prepared.redacted->counts) {
      out.redactions.push_back({count.path, count.what, count.action, count.count});
    }
  }
  out.prepared = std::move(prepared);
  return out;
}

Result<void> finish_before(Session& session, Keeping& keeping) {
  if (keeping.tidied) return recover_disclosures(session);
  AIRLOCK_CHECK(recover(session));
  AIRLOCK_CHECK(expire(session));
  keeping.tidied = true;
  return {};
}

Result<Processed> record(const site::Site& site, const Received& report, const Subject& subject,
                         const ProcessOptions& options, Keeping& keeping) {
  AIRLOCK_TRY(const auto opened, OpenedSite::open(site));
  AIRLOCK_TRY(Inputs inputs, read_inputs(site, opened->ledger()));
  AIRLOCK_TRY(Prepared prepared, prepare(report, inputs, options.note, *options.progress));

  const NewerOrders newer = options.public_is_kept ? NewerOrders::are_left : NewerOrders::are_named;
  AIRLOCK_TRY(auto session, Session::begin(opened, Patience::report, newer));
  AIRLOCK_CHECK(finish_before(session, keeping));
  // Another process may have decided on it while this one waited for the lock.
  if (subject.was_held) AIRLOCK_CHECK(waiting_row(session.ledger(), subject.number));
  AIRLOCK_TRY(const bool others, renew(inputs, session));
  if (others) {
    AIRLOCK_TRY(prepared, prepare(report, inputs, options.note, *options.progress));
  }
  hold_if_unexpected(prepared, options);
  AIRLOCK_CHECK(
      hold_unless_approved(prepared, inputs, session.ledger(), {subject.report_id, subject.number, options.note}));
  if (subject.was_held) {
    AIRLOCK_TRY(const bool same, is_same_outcome(session.ledger(), subject, prepared));
    if (same) {
      Processed out = describe(std::move(prepared), inputs, report);
      out.report_id = subject.report_id;
      out.number = subject.number;
      AIRLOCK_TRY(out.head, session.ledger().head());
      return out;
    }
  }
  auto recorded = Recorder(inputs, session, report, options, keeping).run(subject, std::move(prepared));
  // If the clean-up fails too, the next run repeats it. The caller gets the first error.
  if (!recorded && session.reopen()) (void)recover(session);
  return recorded;
}

}  // namespace airlock::gate
