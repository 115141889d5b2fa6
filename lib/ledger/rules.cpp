#include "ledger/rules.hpp"

#include "core/text.hpp"
#include "ledger/queries.hpp"

namespace airlock::ledger {

using core::Code;
using core::fail;

namespace {

auto refuse(const std::string& why) { return fail(Code::unexpected, why); }

Result<void> check_next(const char* what, std::uint64_t found, std::uint64_t& last) {
  if (found != last + 1) {
    return refuse(std::string(what) + " must be " + std::to_string(last + 1) + ", not " + std::to_string(found));
  }
  last = found;
  return {};
}

/// The number of the report by its `produced` entry before `seq`; 0 where there is none.
Result<std::uint64_t> number_before(db::Database& database, const std::string& report_id, std::uint64_t seq) {
  AIRLOCK_TRY(auto query, database.prepare(sql::produced_before));
  AIRLOCK_TRY(const bool row, query.bind(report_id).bind(static_cast<std::int64_t>(seq)).step());
  return row ? static_cast<std::uint64_t>(query.integer(0)) : 0;
}

/// The stage to which an entry moves a disclosure; nothing where the entry may not follow.
std::optional<Stage> next_stage(Stage from, const EntryFacts& facts) {
  const bool waits = waits_to_be_sent(from);
  const auto lead = [](bool may, Stage to) { return may ? std::optional(to) : std::nullopt; };
  switch (facts.kind) {
    case Kind::sealed:
      return lead(from == Stage::recorded, Stage::sealed);
    case Kind::released:
      return lead(from == Stage::sealed, Stage::released);
    case Kind::queued:
      return lead(from == Stage::recorded, Stage::queued);
    case Kind::attempted:
      return lead(waits, Stage::attempted);
    case Kind::sent:
      // There was no answer, or it was lost, and then the receipt of the vendor came.
      return lead(from == Stage::attempted || (waits && facts.by_receipt), Stage::sent);
    case Kind::send_failed:
      return lead(waits, facts.next_try ? Stage::queued : Stage::failed);
    case Kind::withdrawn:
      return lead(waits, Stage::withdrawn);
    case Kind::payload_lost:
      return lead(waits || from == Stage::recorded || from == Stage::sealed, Stage::payload_lost);
    default:
      return lead(from == Stage::recorded || from == Stage::sealed, Stage::abandoned);
  }
}

void count_attempt(Disclosure& disclosure, const EntryFacts& facts) {
  // An attempt that is still open when the next one begins was cut short by a crash.
  if (disclosure.stage == Stage::attempted) disclosure.uncertain = true;
  ++disclosure.attempts;
  disclosure.last_attempt = facts.time;
  disclosure.next_try.reset();
}

}  // namespace

Result<void> check_entry(db::Database& database, const EntryFacts& facts, Counters& counters) {
  if (facts.number != 0) {
    AIRLOCK_TRY(const auto before, number_before(database, facts.report_id, facts.seq));
    if (facts.kind == Kind::produced) {
      if (before != 0) return refuse("the report " + core::quote(facts.report_id) + " is there already");
      AIRLOCK_CHECK(check_next("the number of the report", facts.number, counters.number));
    } else if (before != facts.number) {
      return refuse("no report " + core::quote(facts.report_id) + " has the number " + std::to_string(facts.number));
    }
  }
  if (facts.disclosure != 0) {
    AIRLOCK_CHECK(check_next("the number of the disclosure", facts.disclosure, counters.disclosure));
  }
  return {};
}

Result<void> advance(std::optional<Disclosure>& disclosure, const EntryFacts& facts) {
  const auto about = [&] { return "the disclosure " + core::quote(facts.disclosure_id); };
  if (facts.disclosure != 0) {
    if (disclosure) return refuse(about() + " is recorded already");
    disclosure.emplace();
    disclosure->id = facts.disclosure_id;
    disclosure->disclosure = facts.disclosure;
    disclosure->report_id = facts.report_id;
    disclosure->number = facts.number;
    disclosure->recorded = facts.seq;
    disclosure->time = facts.time;
    return {};
  }
  if (!moves_disclosure(facts.kind)) return {};
  if (!disclosure || disclosure->report_id != facts.report_id) {
    return refuse(about() + " was not recorded for this report");
  }
  const auto next = next_stage(disclosure->stage, facts);
  if (!next) {
    return refuse(about() + " is " + std::string(name(disclosure->stage)) + " and cannot become " +
                  std::string(name(facts.kind)));
  }
  if (facts.kind == Kind::attempted) count_attempt(*disclosure, facts);
  if (facts.kind == Kind::send_failed) {
    disclosure->uncertain |= facts.delivered_unknown;
    disclosure->last_error = facts.error;
    disclosure->next_try = facts.next_try;
  }
  disclosure->stage = *next;
  if (makes_file(facts.kind)) {
    disclosure->file = facts.file;
    disclosure->file_sha256 = facts.file_sha256;
    disclosure->content_sha256 = facts.content_sha256;
    disclosure->size = facts.size;
  }
  return {};
}

}  // namespace airlock::ledger
