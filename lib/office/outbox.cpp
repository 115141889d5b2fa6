#include "office/outbox.hpp"

#include "gate/names.hpp"
#include "gate/open.hpp"
#include "ledger/disclosure.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"

namespace airlock::office {

core::Result<std::vector<OutboxItem>> outbox(const std::string& directory) {
  using ledger::Stage;
  constexpr std::size_t at_once = 500;
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  const core::Time now = site.world().now();
  std::vector<OutboxItem> out;
  for (std::uint64_t from = 1;;) {
    AIRLOCK_TRY(const auto rows, ledger.disclosures(from, at_once));
    for (const ledger::Disclosure& row : rows) {
      from = row.disclosure + 1;
      const bool bundle = row.stage == Stage::sealed || row.stage == Stage::released;
      const bool payload = ledger::waits_to_be_sent(row.stage);
      if (!bundle && !payload) continue;
      // The stage stays `released` when the bundle is no longer in the outbox.
      if (bundle && !sys::exists(gate::in_outbox(site, row.file))) continue;
      gate::HandOff hand_off;
      if (bundle) {
        AIRLOCK_TRY(hand_off, gate::hand_off_of(ledger, row.id));
      }
      out.push_back({row, bundle, now - row.time, std::move(hand_off)});
    }
    if (rows.size() < at_once) return out;
  }
}

core::Result<ledger::Ledger::Waiting> count_waiting(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  return ledger.count_waiting();
}

}  // namespace airlock::office
