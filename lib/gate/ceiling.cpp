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
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::LicenceState;
using core::quote;
using policy::Disposition;

/// Room that an entry has for its ceiling; the rest is for the entry's own members.
constexpr std::size_t ceiling_bytes_limit = ledger::entry_limit - 128 * 1024;
/// How many differences a message tells; `airlock authorise` shows them all.
constexpr std::size_t differences_told = 6;

struct Recorded {
  policy::Ceiling ceiling;
  std::uint64_t seq = 0;  ///< of the entry that carries it
};

/// The ceiling that an entry carries, if it does.
Result<std::optional<Recorded>> carried_by(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(auto ceiling, ceiling_of(entry, ledger));
  if (!ceiling) return std::nullopt;
  return Recorded{std::move(*ceiling), entry.seq};
}

/// The newest of a kind that carries one. Once a site has a ceiling every entry of these kinds does, so that is the
/// newest of all; should one ever not, an older and looser ceiling of another kind must not stand in for it.
Result<std::optional<Recorded>> newest_ceiling(const ledger::Ledger& ledger, ledger::Kind kind) {
  AIRLOCK_TRY(const auto newest, ledger.newest(kind));
  if (!newest) return std::nullopt;
  AIRLOCK_TRY(auto out, carried_by(*newest, ledger));
  if (out) return out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(kind));
  for (auto entry = entries.rbegin(); entry != entries.rend() && !out; ++entry) {
    AIRLOCK_TRY(out, carried_by(*entry, ledger));
  }
  return out;
}

constexpr std::array carriers{ledger::Kind::authorised, ledger::Kind::licence,     ledger::Kind::kit,
                              ledger::Kind::configured, ledger::Kind::key_rotated, ledger::Kind::adopted};

Result<std::optional<Recorded>> recorded_ceiling(const ledger::Ledger& ledger) {
  std::optional<Recorded> out;
  for (const ledger::Kind kind : carriers) {
    AIRLOCK_TRY(auto found, newest_ceiling(ledger, kind));
    if (found && (!out || found->seq > out->seq)) out = std::move(found);
  }
  return out;
}

bool are_same_data(const policy::Terms& a, const policy::Terms& b) {
  return a.values == b.values && a.keys == b.keys && a.keeps_twins == b.keeps_twins && a.has_classes == b.has_classes;
}

/// The ceilings that were recorded, oldest first.
Result<std::vector<Recorded>> all_ceilings(const ledger::Ledger& ledger) {
  std::vector<Recorded> out;
  for (const ledger::Kind kind : carriers) {
    AIRLOCK_TRY(const auto entries, ledger.entries_of_kind(kind));
    for (const ledger::Entry& entry : entries) {
      AIRLOCK_TRY(auto carried, carried_by(entry, ledger));
      if (carried) out.push_back(std::move(*carried));
    }
  }
  std::sort(out.begin(), out.end(), [](const Recorded& a, const Recorded& b) { return a.seq < b.seq; });
  return out;
}

/// Where the event's terms were first recorded as they are now.
std::uint64_t first_recorded(const std::vector<Recorded>& all, const std::string& event, const policy::Terms& terms) {
  std::uint64_t out = all.back().seq;
  for (auto each = all.rbegin(); each != all.rend(); ++each) {
    const auto found = each->ceiling.find(event);
    if (found == each->ceiling.end() || !are_same_data(found->second, terms)) break;
    out = each->seq;
  }
  return out;
}

/// Whether the kit that is in force now was so when the entry `seq` recorded a ceiling.
Result<bool> was_in_force_at(const ledger::Ledger& ledger, std::uint64_t seq, const site::Kit& kit) {
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(seq));
  AIRLOCK_TRY(const Json recorded, ledger::body_of(entry));
  // Where a person put a kit into force by authorising it, its own entry comes next.
  const std::uint64_t until = recorded.contains("kit_before") ? seq + 1 : seq;
  AIRLOCK_TRY(const auto then, kit_before(ledger, until));
  return then && then->content_sha256 == kit.content_sha256.hex();
}

/// Gives terms that an older release recorded without classes those of the kit that was in force with them, as long as
/// it still is. All others stay without: everything is looser than they, until a person has authorised it.
Result<void> complete_ceiling(policy::Ceiling& ceiling, const Inputs& inputs, const ledger::Ledger& ledger) {
  const bool is_complete =
      std::all_of(ceiling.begin(), ceiling.end(), [](const auto& each) { return each.second.has_classes; });
  if (is_complete || !inputs.kit) return {};
  AIRLOCK_TRY(const auto all, all_ceilings(ledger));
  for (auto& [event, terms] : ceiling) {
    if (terms.has_classes) continue;
    AIRLOCK_TRY(const bool same_kit, was_in_force_at(ledger, first_recorded(all, event, terms), *inputs.kit));
    // Where the kit in force declares other things, it is not what they were made of.
    if (same_kit) (void)policy::complete(terms, inputs.kit->dictionary);
  }
  return {};
}

/// The state that a licence has once nothing but time has passed.
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
  auto plan = inputs.kit->policy.plan(decision, inputs.kit->dictionary, inputs.redact_also());
  // Reports are held while one of them selects nothing; kits and licences are installed all the same.
  if (!plan) plan = inputs.kit->policy.plan(decision, inputs.kit->dictionary, own_redactions_in_force(inputs));
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

/// What has moved the ceiling since the ledger last recorded it.
enum class Installed : std::uint8_t { nothing, something };

/// Whether the decisions in force are those that the kit makes for the licence. One that `otherwise`, an unusable
/// licence or a tier that the kit does not know brought about is stricter, passes, and moves nothing.
bool decides_for_licence(const Inputs& inputs) {
  if (!inputs.kit) return false;
  policy::DecisionFacts facts = inputs.facts();
  facts.licence = settled(facts.licence);
  if (facts.licence != LicenceState::valid && facts.tier != policy::unlicensed_tier) return false;
  const policy::Decision decision = inputs.kit->policy.decide(facts);
  return decision.contributions.front().kind == policy::Contribution::Kind::tier;
}

/// Moves `base`, the ceiling so far, as far as what was installed does. Returns the paths that a consent let in.
Result<std::vector<std::string>> settle_ceiling(Inputs& inputs, std::optional<policy::Ceiling> base,
                                                Installed installed, const policy::Consent& consent = {}) {
  std::vector<std::string> admitted;
  inputs.ceiling = std::move(base);
  if (!decides_for_licence(inputs) || (inputs.ceiling && installed == Installed::nothing)) return admitted;
  // Where a decision cannot be made, nothing leaves, and nothing can be said of the ceiling.
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

Result<void> put_ceiling(Json& members, const policy::Ceiling& ceiling) {
  Json json = policy::to_json(ceiling);
  if (core::to_text(json).size() > ceiling_bytes_limit) {
    return fail(
        Code::refused,
        "the decisions for all events need more than " + std::to_string(ceiling_bytes_limit) + " bytes in the ledger",
        "ask the vendor for a smaller dictionary");
  }
  members["ceiling"] = std::move(json);
  return {};
}

/// A ceiling as an entry carries it: inline, as before entries of format 2, or in the ledger's table.
Result<std::optional<policy::Ceiling>> read_terms(const Json& json, std::string_view member, const std::string& name,
                                                  const ledger::Ledger& ledger) {
  Json found;
  if (const auto inlined = json.find(member); inlined != json.end()) {
    found = *inlined;
  } else {
    AIRLOCK_TRY(auto text, text_named_in(json, member, ledger));
    if (!text) return std::nullopt;
    text->erase(0, text->find('\n') + 1);  // terms have a salt on a line before them; npos + 1 == 0
    AIRLOCK_TRY(found, core::parse_json(*text, name, {.bytes = ledger::entry_limit}));
  }
  auto ceiling = policy::ceiling_from(found, name);
  if (!ceiling) {
    const core::Error& error = ceiling.error();
    return fail(Code::integrity, error.message, error.hint.empty() ? "run `airlock ledger verify`" : error.hint);
  }
  return std::optional(std::move(*ceiling));
}

}  // namespace

Result<std::optional<policy::Ceiling>> ceiling_of(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  return read_terms(json, "ceiling", ledger::title(entry), ledger);
}

Result<std::optional<policy::Ceiling>> terms_recorded_by(const ledger::Entry& entry, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  const auto decision = json.find("decision");
  const bool inlined = decision != json.end() && decision->is_object() && decision->contains("terms");
  return read_terms(inlined ? *decision : json, "terms", ledger::title(entry), ledger);
}

Result<std::optional<KitInForce>> kit_before(const ledger::Ledger& ledger, std::uint64_t seq) {
  AIRLOCK_TRY(const auto kits, ledger.entries_of_kind(ledger::Kind::kit));
  for (auto kit = kits.rbegin(); kit != kits.rend(); ++kit) {
    if (kit->seq <= seq) return kit_named_by(*kit);
  }
  return std::nullopt;
}

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

Result<void> add_ceiling(Json& members, const Inputs& inputs) {
  if (!inputs.ceiling) return {};
  return put_ceiling(members, *inputs.ceiling);
}

Result<void> add_reset_ceiling(Json& members, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto recorded, recorded_ceiling(ledger));
  if (!recorded) return {};
  return put_ceiling(members, policy::first_ceiling(recorded->ceiling));
}

Result<policy::Terms> terms_of(const policy::Decision& decision, const redaction::Plan& plan, const Inputs& inputs) {
  policy::Terms out = policy::terms_of(decision.disposition, plan, inputs.kit->dictionary);
  AIRLOCK_TRY(const auto recipients, recipients_of(inputs));
  for (const auto& recipient : recipients) out.recipients.insert(recipient.key().sha256().hex());
  for (const auto& destination : inputs.destinations()) out.destinations.insert(identity_of(destination));
  return out;
}

Result<policy::Ceiling> decisions_in_force(const Inputs& inputs) {
  policy::Ceiling out;
  policy::DecisionFacts facts = inputs.facts();
  facts.licence = settled(facts.licence);
  facts.kit = policy::KitAge::current;  // passes, as an expired licence does
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
  // A site that never had both kit and licence may seal, and nothing more.
  policy::Terms sealed = terms;
  sealed.disposition = Disposition::seal;
  return policy::loosenings(terms, &sealed);
}

std::string identity_of(const published::Destination& destination) {
  std::string out = destination.type + " " + destination.url;
  // Who is believed to be the receiver, and what is told to whom on the way, is part of where a report goes.
  if (!destination.ca_file.empty()) out += " trusting " + destination.ca_file;
  for (const std::string& pin : destination.pins) out += " pinned to " + pin;
  if (!destination.proxy.empty()) out += " by way of " + destination.proxy;
  if (!destination.proxy_credentials_file.empty()) out += " with " + destination.proxy_credentials_file;
  if (!destination.api_key_file.empty()) out += " with " + destination.api_key_file;
  return out;
}

std::optional<Stop> stopped_by(const policy::Terms& terms, const Inputs& inputs, std::string_view event) {
  if (inputs.hold) {
    return Stop{.reason = "hold",
                .message = "disclosures are on hold since " + inputs.hold->since.text() +
                           (inputs.hold->reason.empty() ? "" : ": " + core::printable(inputs.hold->reason)),
                .hint = "`airlock release` lifts it; then run `airlock process --held`"};
  }
  if (const auto differences = above_ceiling(terms, inputs, event); !differences.empty()) {
    return Stop{.reason = "ceiling",
                .message = "the decision is looser than this site's ceiling: " + told(differences),
                .hint =
                    "`airlock authorise --reason TEXT` shows all that is looser and allows it; then run `airlock "
                    "process --held`"};
  }
  if (terms.disposition >= Disposition::seal || !inputs.machine.destinations) return std::nullopt;
  const auto& permitted = *inputs.machine.destinations;
  for (const auto& destination : inputs.destinations()) {
    if (std::find(permitted.begin(), permitted.end(), destination.url) != permitted.end()) continue;
    const bool own = !inputs.site.configuration().destinations.empty();
    const std::string place = own ? inputs.site.path(site::layout::configuration) : inputs.site.path(site::layout::kit);
    return Stop{.reason = "machine",
                .message = "destination " + quote(destination.url) + " of " + quote(place) +
                           " is not among the `destinations` of " + quote(site::machine_path),
                .hint = "let the machine's administrator permit it, or name another destination"};
  }
  return std::nullopt;
}

}  // namespace airlock::gate
