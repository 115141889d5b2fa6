#include "gate/clock.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "gate/append.hpp"
#include "gate/ceiling.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

constexpr int clock_lock_seconds = 30;

Result<ClockProposal> clock_now(const ledger::Ledger& ledger) {
  ClockProposal out{.now = sys::now(), .ledger = {}, .issued = {}};
  AIRLOCK_TRY(out.ledger, ledger.newest_time());
  AIRLOCK_TRY(out.issued, kit_issued(ledger));
  return out;
}

}  // namespace

Result<ClockProposal> propose_clock(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  return clock_now(ledger);
}

Result<ClockProposal> disown_times(const std::string& directory, const std::string& reason) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), clock_lock_seconds));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  AIRLOCK_TRY(ClockProposal proposal, clock_now(ledger));
  if (proposal.empty()) {
    return core::fail(core::Code::refused, "no time in the ledger is later than the clock's, so there is none to disown");
  }
  AIRLOCK_TRY(const Inputs inputs, read_inputs(directory, ledger, proposal.now));
  core::Json members{{"reason", reason}, {"clock", {{"disowned_newest", proposal.ledger->text()}}}};
  // The newest `authorised` entry is where the ceiling is looked for.
  AIRLOCK_CHECK(add_ceiling(members, inputs));
  {
    AIRLOCK_TRY(auto change, ledger.change());
    AIRLOCK_CHECK(append(change, ledger::Kind::authorised, "", members, proposal.now));
    AIRLOCK_CHECK(change.commit());
  }
  AIRLOCK_CHECK(refresh_public(site, ledger, inputs.licence.verdict, proposal.now));
  return proposal;
}

}  // namespace airlock::gate
