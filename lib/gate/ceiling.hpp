#pragma once
/// \file
/// The site's ceiling and its hold: read from the ledger, moved by what is installed, and asked before anything leaves.
/// The order of decisions is policy/ceiling.hpp's.
///
/// Every `authorised`, `licence`, `kit`, `configured`, `key_rotated` and `adopted` entry carries the ceiling as it stands
/// from then on, so the newest of them has it. The entry has its SHA-256, and the ledger keeps the text.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "gate/hold.hpp"
#include "gate/inputs.hpp"
#include "gate/stop.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "policy/also_new.hpp"
#include "policy/ceiling.hpp"

namespace airlock::gate {

/// Fills in `ceiling` and `hold` of inputs that are otherwise complete, and lets the fingerprint cover them. Error: of
/// the machine, or integrity where an entry's ceiling cannot be read.
[[nodiscard]] Result<void> read_ceiling(Inputs& inputs, const ledger::Ledger& ledger);
/// The same for inputs that were read before, and into which a kit or licence was put that is about to be recorded: it
/// may lower the ceiling. Where a kit was put into them, what a person consented to before may raise it first. Returns the
/// paths that it let in.
[[nodiscard]] Result<std::vector<std::string>> install_into_ceiling(Inputs& inputs,
                                                                    const policy::Consent& consent = {});

/// All that the ceiling compares of a decision at this site. Error: bad_input where a certificate cannot be read.
[[nodiscard]] Result<policy::Terms> terms_of(const policy::Decision& decision, const redaction::Plan& plan,
                                             const Inputs& inputs);
/// The decision for each of the dictionary's events, on the licence as it will be once a state that passes by itself
/// (grace, expired, not yet valid, a clock put back) has passed. Precondition: there is a kit. Error: bad_input where
/// a redaction of site or machine does not fit the dictionary.
[[nodiscard]] Result<policy::Ceiling> decisions_in_force(const Inputs& inputs);
/// The decision for one event as things stand now.
[[nodiscard]] Result<policy::Terms> decision_now(const Inputs& inputs, const std::string& event);

/// Every way in which terms are looser than the site's ceiling for the event.
[[nodiscard]] std::vector<policy::Loosening> above_ceiling(const policy::Terms& terms, const Inputs& inputs,
                                                           std::string_view event);
/// What a destination is to the ceiling: whatever names the receiver.
[[nodiscard]] std::string identity_of(const published::Destination& destination);

/// Why a decision that something is to leave must not be carried out: on hold, above the ceiling, sent to where the
/// machine does not permit. Nothing: it may. `terms` is its `terms_of`.
[[nodiscard]] std::optional<Stop> stopped_by(const policy::Terms& terms, const Inputs& inputs, std::string_view event);

}  // namespace airlock::gate
