#include "health/schedule.hpp"

#include <algorithm>
#include <charconv>

#include "ledger/disclosure.hpp"

namespace airlock::health {
namespace {

using core::Result;

/// The days in `P7D` or `P1W`. Precondition: the dictionary has checked the text.
std::chrono::days interval_in(const std::string& every) {
  int count = 0;
  std::from_chars(every.data() + 1, every.data() + every.size() - 1, count);
  return std::chrono::days(every.back() == 'W' ? 7 * count : count);
}

/// The newest disclosure that left the site or waits to be sent.
Result<std::optional<ledger::Disclosure>> newest_that_left(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const std::uint64_t last, ledger.last_disclosure());
  AIRLOCK_TRY(auto left, ledger.previous_disclosure(last + 1));
  AIRLOCK_TRY(const auto newest, ledger.newest_disclosure());
  const bool is_queued = newest && newest->stage != ledger::Stage::failed && ledger::waits_to_be_sent(newest->stage);
  return is_queued && (!left || left->disclosure < newest->disclosure) ? newest : left;
}

}  // namespace

Result<std::optional<Schedule>> schedule_of(const gate::Inputs& inputs, const std::vector<Standing>& standings,
                                            const ledger::Ledger& ledger) {
  // A site that withholds only because something is wrong still has a schedule: its vendor misses the reports.
  const bool hands_over = std::any_of(standings.begin(), standings.end(), [](const Standing& standing) {
    return standing.decision.disposition != policy::Disposition::withhold || standing.decision.withheld_by_exception;
  });
  if (!hands_over || !inputs.kit || inputs.kit->dictionary.roles().every.empty()) return std::nullopt;
  Schedule out;
  out.every = inputs.kit->dictionary.roles().every;
  AIRLOCK_TRY(const auto newest, newest_that_left(ledger));
  if (newest) out.last = newest->time;
  AIRLOCK_TRY(const auto first, ledger.entry(0));
  out.due = out.last.value_or(first.time) + interval_in(out.every);
  out.overdue = out.due < inputs.now;
  return out;
}

}  // namespace airlock::health
