#include "office/clock.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/consent.hpp"
#include "gate/inputs.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/read_inputs.hpp"
#include "gate/recorded_ceiling.hpp"
#include "gate/recovery.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "licence/verdict.hpp"

namespace airlock::office {
namespace {

using core::Result;

/// The first time that disowning cannot remove and that is ahead of the clock by more than the guard tolerates. Kit,
/// licence and `site.json` are looked at in the order in which a person can correct them.
std::optional<core::Error> ahead_for_good(const gate::Inputs& inputs, const std::optional<core::Time>& kit,
                                          bool ledger_is_ahead) {
  const auto is_ahead = [&](const core::Time& time) { return licence::is_ahead(time, inputs.now); };
  const auto error = [&](const std::string& what, const core::Time& time, const std::string& hint) {
    return core::Error{core::Code::refused, what + time.text() + ", and the clock says " + inputs.now.text(),
                       "set this machine's clock; if it is right, " + hint};
  };
  const std::string ask = ", issued with the right time, and install it";
  if (kit && is_ahead(*kit)) {
    return error("the kit in force was issued at ", *kit, "ask the vendor for another kit" + ask);
  }
  const auto& licence = inputs.licence.verdict.licence;
  if (licence && is_ahead(licence->issued)) {
    return error("the licence was issued at ", licence->issued, "ask the vendor for another licence" + ask);
  }
  // If the ledger is ahead too, disowning corrects `site.json` as well.
  const auto shown = ledger_is_ahead ? std::nullopt : gate::newest_shown(inputs.site);
  if (shown && is_ahead(*shown)) {
    return error(
        core::quote(inputs.site.path(site::layout::public_site)) + " has a time that the ledger does not have: ",
        *shown, "the next `airlock process` writes the file again");
  }
  return std::nullopt;
}

Result<ClockProposal> proposal_for(const gate::Inputs& inputs, const ledger::Ledger& ledger) {
  ClockProposal out{.now = inputs.now, .ledger = {}, .stays = {}};
  AIRLOCK_TRY(out.ledger, ledger.newest_time());
  AIRLOCK_TRY(const auto kit, gate::kit_issued(ledger));
  out.stays = ahead_for_good(inputs, kit, !out.empty());
  if (!out.empty()) {
    AIRLOCK_TRY(out.back, gate::find_take_back(inputs.site, ledger, inputs.now));
  }
  return out;
}

}  // namespace

Result<ClockProposal> propose_clock(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(site, ledger));
  return proposal_for(inputs, ledger);
}

Result<ClockProposal> disown_times(const std::string& directory, const std::string& reason) {
  AIRLOCK_TRY(auto session, gate::begin_session(directory, gate::Patience::person, gate::Unfinished::is_left));
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(session));
  AIRLOCK_TRY(ClockProposal proposal, proposal_for(inputs, ledger));
  if (proposal.empty()) {
    return core::fail(core::Code::refused,
                      "no time in the ledger is later than the clock's, so there is nothing to disown");
  }
  core::Json members{{"reason", reason}, {"clock", {{"disowned_newest", proposal.ledger->text()}}}};
  // Later commands read the ceiling and the consents from the newest `authorised` entry, so this entry repeats both.
  AIRLOCK_CHECK(gate::add_ceiling(members, inputs));
  AIRLOCK_TRY(const gate::Consents consents, gate::consents_in_force(ledger));
  gate::add_consents(members, consents.to);
  {
    AIRLOCK_TRY(auto change, session.change());
    AIRLOCK_CHECK(change.append(ledger::Kind::authorised, "", members));
    if (proposal.back) {
      core::Json licence = gate::take_back_members(*proposal.back);
      AIRLOCK_CHECK(gate::add_ceiling(licence, inputs));
      AIRLOCK_CHECK(change.append(ledger::Kind::licence, "", licence));
    }
    AIRLOCK_CHECK(change.commit());
  }
  if (proposal.back) {
    // This is a step back, so `site.json` is written first, then the licence files.
    AIRLOCK_CHECK(gate::name_licences(site, proposal.back->by_clock, proposal.back->right));
    AIRLOCK_CHECK(gate::settle_licences(session));
  }
  AIRLOCK_TRY(const gate::LicenceInput licence, gate::read_licence_input(session));
  AIRLOCK_CHECK(gate::refresh_public(site, ledger, licence.verdict, proposal.now));
  return proposal;
}

}  // namespace airlock::office
