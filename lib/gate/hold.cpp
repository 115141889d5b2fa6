#include "gate/hold.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {

Result<std::optional<Hold>> hold_in_force(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto hold, ledger.newest(ledger::Kind::hold));
  if (!hold) return std::nullopt;
  AIRLOCK_TRY(const auto release, ledger.newest(ledger::Kind::release));
  if (release && release->seq > hold->seq) return std::nullopt;
  AIRLOCK_TRY(const core::Json json, ledger::body_of(*hold));
  return Hold{hold->time, json.value("reason", "")};
}

Result<void> may_disclose(const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto hold, hold_in_force(ledger));
  if (!hold) return {};
  return core::fail(core::Code::refused,
                    "disclosures are on hold since " + hold->since.text() +
                        (hold->reason.empty() ? "" : ": " + core::printable(hold->reason)),
                    "`airlock release` lifts it");
}

}  // namespace airlock::gate
