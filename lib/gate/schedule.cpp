#include "gate/schedule.hpp"

#include <algorithm>
#include <charconv>

namespace airlock::gate {
namespace {

/// `P7D` or `P1W`, which the dictionary has checked.
std::chrono::days interval_in(const std::string& every) {
  int count = 0;
  std::from_chars(every.data() + 1, every.data() + every.size() - 1, count);
  return std::chrono::days(every.back() == 'W' ? 7 * count : count);
}

}  // namespace

Result<std::optional<Schedule>> schedule_of(const Inputs& inputs, const std::vector<Standing>& standings,
                                            const ledger::Ledger& ledger) {
  const bool hands_over = std::any_of(standings.begin(), standings.end(), [](const Standing& standing) {
    return standing.decision.disposition != policy::Disposition::withhold;
  });
  if (!hands_over || !inputs.kit || inputs.kit->dictionary.roles().every.empty()) return std::nullopt;
  Schedule out;
  out.every = inputs.kit->dictionary.roles().every;
  AIRLOCK_TRY(const auto newest, ledger.newest(ledger::Kind::produced));
  AIRLOCK_TRY(const auto first, newest ? Result<ledger::Entry>(*newest) : ledger.entry(0));
  if (newest) out.last = newest->time;
  out.due = first.time + interval_in(out.every);
  out.overdue = out.due < inputs.now;
  return out;
}

}  // namespace airlock::gate
