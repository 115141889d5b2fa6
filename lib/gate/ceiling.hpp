#pragma once
/// \file
/// The site's ceiling and its hold. Both are read from the ledger and asked before anything leaves; an installation may
/// move the ceiling. policy/ceiling.hpp says when one decision is looser than another.
///
/// Every `authorised`, `licence`, `kit`, `configured`, `key_rotated` and `adopted` entry carries the ceiling as it is
/// from then on, so the newest of these entries has the present one. The entry itself has the SHA-256 of the ceiling's
/// text, and the ledger stores the text.

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

/// Sets `ceiling` and `hold` of inputs that are otherwise complete, and makes the fingerprint cover both. Errors: of
/// the machine, or integrity if the ceiling of an entry cannot be read.
[[nodiscard]] Result<void> read_ceiling(Inputs& inputs, const ledger::Ledger& ledger);
/// Moves the ceiling of inputs into which the caller has put a kit or licence that is about to be recorded. The
/// decisions that it leads to may lower the ceiling. Before that, a standing consent may raise it for values that a new
/// kit is the first to declare. Returns the paths that the consent admitted. Error: not_recorded.
[[nodiscard]] Result<std::vector<std::string>> install_into_ceiling(Inputs& inputs,
                                                                    const policy::Consent& consent = {});

/// Everything in a decision at this site that the ceiling compares. Error: bad_input if a certificate cannot be read.
[[nodiscard]] Result<policy::Terms> terms_of(const policy::Decision& decision, const redaction::Plan& plan,
                                             const Inputs& inputs);
/// The decision for each of the dictionary's events. A licence whose state passes by itself (grace, expired, not yet
/// valid, clock put back) counts as `valid`, and a stale kit as current. Precondition: there is a kit. Errors: those of
/// `terms_of`, and bad_input if no plan can be made.
[[nodiscard]] Result<policy::Ceiling> decisions_in_force(const Inputs& inputs);
/// The decision for one event, with licence and kit as they are now.
[[nodiscard]] Result<policy::Terms> decision_now(const Inputs& inputs, const std::string& event);

/// Every way in which `terms` are looser than the site's ceiling for the event.
[[nodiscard]] std::vector<policy::Loosening> above_ceiling(const policy::Terms& terms, const Inputs& inputs,
                                                           std::string_view event);
/// A destination as the ceiling compares it: everything that identifies the receiver.
[[nodiscard]] std::string identity_of(const published::Destination& destination);

/// Why a decision that something leaves must not be carried out: disclosures are on hold, the decision is above the
/// ceiling, or the machine does not permit the destination. Nothing if it may be carried out. `terms`: the decision's
/// `terms_of`.
[[nodiscard]] std::optional<Stop> stopped_by(const policy::Terms& terms, const Inputs& inputs, std::string_view event);

}  // namespace airlock::gate
