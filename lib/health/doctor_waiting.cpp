#include "gate/kept.hpp"
#include "health/findings.hpp"
#include "ledger/ledger.hpp"
#include "sys/look.hpp"

namespace airlock::health {

void look_at_waiting(const gate::Inputs& inputs, const ledger::Ledger& ledger, Findings& findings) {
  // A missing folder is reported by `look_at_layout`.
  if (!sys::is_directory(inputs.site.path(site::layout::held))) return;
  const auto groups = gate::waiting_by_reason(inputs.site, ledger);
  if (!groups) return findings.broken("reports", groups.error(), "`airlock ledger verify` says what is wrong");
  if (groups->empty()) findings.add("reports", Health::ok, "no report is held or refused");
  for (const gate::WaitingGroup& group : *groups) {
    const std::string state = group.refused ? "refused" : "held";
    std::string what = std::to_string(group.count) + " " + state + " since " + group.oldest.date() + ": " +
                       group.reason + ": " + group.message;
    if (group.expires_soon(inputs.now)) what += "; the oldest is removed on " + group.expires.date();
    findings.add("reports", Health::warn, what,
                 "`airlock explain " + std::to_string(group.numbers.front()) +
                     "` says why; `airlock status` lists all that wait");
  }
}

}  // namespace airlock::health
