#include "gate/ceiling.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/named_text.hpp"
#include "gate/own_redactions.hpp"
#include "gate/recorded.hpp"
#include "gate/recorded_ceiling.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::LicenceState;
using core::quote;
using policy::Disposition;

/// Maximum number of differences in a message; `airlock authorise` shows all of them.
constexpr std::size_t differences_told = 6;

/// The state of a licence, with `valid` instead of states that pass by themselves.
LicenceState settled(LicenceState state) {
  switch (state) {
    case LicenceState::grace:
    case LicenceState::expired:
    case LicenceState::not_yet_valid:
    case LicenceState::clock_rollback:
      return LicenceState::valid;
    default:
      return state;
  }
}

Result<policy::Terms> decide(const Inputs& inputs, const policy::DecisionFacts& facts) {
  const policy::Decision decision = inputs.kit->policy.decide(facts);
  auto plan = inputs.plan(decision, inputs.redact_also());
  // If a redaction in `redact_also` selects nothing, reports are held. Kits and licences can be installed all the same.
  if (!plan) plan = inputs.plan(decision, own_redactions_in_force(inputs));
  if (!plan) return fail(std::move(plan).error());
  return terms_of(decision, *plan, inputs);
}

std::string told(const std::vector<policy::Loosening>& differences) {
  std::string out;
  for (std::size_t i = 0; i < std::min(differences.size(), differences_told); ++i) {
    out += (i == 0 ? "" : "; ") + differences[i].text();
  }
  if (differences.size() > differences_told) {
    out += "; and " + std::to_string(differences.size() - differences_told) + " more";
  }
  return out;
}

/// Whether a kit or licence was installed since the ledger last recorded the ceiling.
enum class Installed : std::uint8_t { nothing, something };

/// Whether the kit's policy decides by the tier of the licence. Decisions by `otherwise`, for an unusable licence, or
/// for a tier that the kit does not know are stricter and temporary, so they do not move the ceiling.
bool decides_for_licence(const Inputs& inputs) {
  if (!inputs.kit) return false;
  policy::DecisionFacts facts = inputs.facts();
  facts.licence = settled(facts.licence);
  if (facts.licence != LicenceState::valid && facts.tier != policy::unlicensed_tier) return false;
  const policy::Decision decision = inputs.kit->policy.decide(facts);
  return decision.contributions.front().kind == policy::Contribution::Kind::tier;
}

/// Sets the ceiling to `base`, the ceiling so far, moved by what was installed and by the list of words. Returns the
/// paths that a consent admitted.
Result<std::vector<std::string>> settle_ceiling(Inputs& inputs, std::optional<policy::Ceiling> base,
                                                Installed installed, const policy::Consent& consent = {}) {
  std::vector<std::string> admitted;
  inputs.ceiling = std::move(base);
  if (inputs.ceiling && !inputs.words.words.empty()) {
    inputs.ceiling = policy::with_words(*inputs.ceiling, inputs.words.digests);
  }
  if (inputs.ceiling) inputs.ceiling = policy::with_approvals(*inputs.ceiling, inputs.approvals());
  if (!decides_for_licence(inputs) || (inputs.ceiling && installed == Installed::nothing)) return admitted;
  // If a decision cannot be made, nothing leaves, and the ceiling stays as it is.
  const auto decisions = decisions_in_force(inputs);
  if (!decisions) {
    if (decisions.error().code == Code::not_recorded) return fail(decisions.error());
    return admitted;
  }
  if (inputs.ceiling) {
    admitted = policy::admit(*inputs.ceiling, *decisions, consent);
    inputs.ceiling = policy::lowered(*inputs.ceiling, *decisions);
  } else {
    inputs.ceiling = policy::first_ceiling(*decisions);
  }
  return admitted;
}

}  // namespace

Result<void> read_ceiling(Inputs& inputs, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto recorded, recorded_ceiling(ledger));
  std::optional<policy::Ceiling> base;
  if (recorded) {
    base = recorded->ceiling;
    AIRLOCK_CHECK(complete_ceiling(*base, inputs, ledger));
  }
  Installed installed = Installed::nothing;
  if (const auto& licence = inputs.licence.verdict.licence) {
    AIRLOCK_TRY(const bool known, is_known(*licence, ledger));
    if (!known) installed = Installed::something;
  }
  AIRLOCK_CHECK(settle_ceiling(inputs, std::move(base), installed));
  inputs.ceiling_moved = inputs.ceiling && (!recorded || *inputs.ceiling != recorded->ceiling);
  AIRLOCK_TRY(inputs.hold, hold_in_force(ledger));
  crypto::Sha256 sha256;
  sha256.update(inputs.fingerprint.hex());
  if (recorded) sha256.update("ceiling of entry " + std::to_string(recorded->seq));
  if (inputs.ceiling_moved) sha256.update(core::to_text(policy::to_json(*inputs.ceiling)));
  if (inputs.hold) sha256.update("on hold since " + inputs.hold->since.text());
  inputs.fingerprint = sha256.finish();
  return {};
}

Result<std::vector<std::string>> install_into_ceiling(Inputs& inputs, const policy::Consent& consent) {
  return settle_ceiling(inputs, std::move(inputs.ceiling), Installed::something, consent);
}

Result<policy::Terms> terms_of(const policy::Decision& decision, const redaction::Plan& plan, const Inputs& inputs) {
  policy::Terms out = policy::terms_of(decision.disposition, plan, inputs.kit->dictionary);
  AIRLOCK_TRY(const auto recipients, recipients_of(inputs));
  for (const auto& recipient : recipients) out.recipients.insert(recipient.key().sha256().hex());
  for (const auto& destination : inputs.destinations()) out.destinations.insert(identity_of(destination));
  out.words = inputs.words.digests;
  out.approvals = inputs.approvals();
  return out;
}

Result<policy::Ceiling> decisions_in_force(const Inputs& inputs) {
  policy::Ceiling out;
  policy::DecisionFacts facts = inputs.facts();
  facts.licence = settled(facts.licence);
  facts.kit = policy::KitAge::current;  // a stale kit is temporary, as an expired licence is
  for (const std::string& event : inputs.kit->dictionary.events()) {
    facts.event = event;
    AIRLOCK_TRY(out[event], decide(inputs, facts));
  }
  return out;
}

Result<policy::Terms> decision_now(const Inputs& inputs, const std::string& event) {
  policy::DecisionFacts facts = inputs.facts();
  facts.event = event;
  return decide(inputs, facts);
}

std::vector<policy::Loosening> above_ceiling(const policy::Terms& terms, const Inputs& inputs, std::string_view event) {
  if (inputs.ceiling) {
    const auto found = inputs.ceiling->find(event);
    return policy::loosenings(terms, found == inputs.ceiling->end() ? nullptr : &found->second);
  }
  // A site that never had both kit and licence may seal, and do nothing looser.
  policy::Terms sealed = terms;
  sealed.disposition = Disposition::seal;
  return policy::loosenings(terms, &sealed);
}

std::string identity_of(const published::Destination& destination) {
  std::string out = destination.type + " " + destination.url;
  // Which certificates are trusted, which proxy is used and which credentials are sent is part of where a report goes.
  if (!destination.ca_file.empty()) out += " trusting " + destination.ca_file;
  for (const std::string& pin : destination.pins) out += " pinned to " + pin;
  if (!destination.proxy.empty()) out += " by way of " + destination.proxy;
  if (!destination.proxy_credentials_file.empty()) out += " with " + destination.proxy_credentials_file;
  if (!destination.api_key_file.empty()) out += " with " + destination.api_key_file;
  return out;
}

std::optional<Stop> stopped_by(const policy::Terms& terms, const Inputs& inputs, std::string_view event) {
  if (inputs.hold) {
    return Stop{.reason = StopReason::hold,
                .message = "disclosures are on hold since " + inputs.hold->since.text() +
                           (inputs.hold->reason.empty() ? "" : ": " + core::printable(inputs.hold->reason)),
                .hint = "`airlock release` lifts it; then run `airlock process --held`"};
  }
  if (const auto differences = above_ceiling(terms, inputs, event); !differences.empty()) {
    return Stop{.reason = StopReason::ceiling,
                .message = "the decision is looser than this site's ceiling: " + told(differences),
                .hint =
                    "`airlock authorise --reason TEXT` shows all that is looser and allows it; then run `airlock "
                    "process --held`"};
  }
  if (terms.disposition >= Disposition::seal) return std::nullopt;
  if (const std::string why = site::unfit_destination(inputs.kit->dictionary, inputs.destinations()); !why.empty()) {
    return Stop{.reason = StopReason::configuration,
                .message = why,
                .hint = "name a destination of type `https-json` in airlock.json; then run `airlock process --held`"};
  }
  if (!inputs.machine.destinations) return std::nullopt;
  const auto& permitted = *inputs.machine.destinations;
  for (const auto& destination : inputs.destinations()) {
    if (std::find(permitted.begin(), permitted.end(), destination.url) != permitted.end()) continue;
    const bool own = !inputs.site.configuration().destinations.empty();
    const std::string place = own ? inputs.site.path(site::layout::configuration) : inputs.site.path(site::layout::kit);
    return Stop{.reason = StopReason::machine,
                .message = "destination " + quote(destination.url) + " of " + quote(place) +
                           " is not among the `destinations` of " + quote(site::machine_path),
                .hint = "let the machine's administrator permit it, or name another destination"};
  }
  return std::nullopt;
}

}  // namespace airlock::gate
