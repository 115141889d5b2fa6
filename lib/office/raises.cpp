#include "office/raises.hpp"

#include "gate/ceiling.hpp"
#include "gate/consent.hpp"
#include "gate/kit_files.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/ledger.hpp"

namespace airlock::office {

using core::Result;

namespace {

const policy::Terms* ceiling_of(const gate::Inputs& inputs, const std::string& event) {
  if (!inputs.ceiling) return nullptr;
  const auto found = inputs.ceiling->find(event);
  return found == inputs.ceiling->end() ? nullptr : &found->second;
}

}  // namespace

Result<std::vector<Raise>> raises(const gate::Inputs& inputs) {
  std::vector<Raise> out;
  AIRLOCK_TRY(const policy::Ceiling decisions, gate::decisions_in_force(inputs));
  for (const auto& [event, settled] : decisions) {
    // A passing licence state can make a decision looser for now. A person must authorise that decision too.
    AIRLOCK_TRY(const policy::Terms now, gate::decision_now(inputs, event));
    const policy::Terms& terms = policy::nowhere_looser(now, settled) ? settled : now;
    auto loosenings = gate::above_ceiling(terms, inputs, event);
    if (loosenings.empty()) continue;
    const policy::Terms* ceiling = ceiling_of(inputs, event);
    out.push_back(
        {event, ceiling == nullptr ? std::nullopt : std::optional(ceiling->disposition), terms, std::move(loosenings)});
  }
  return out;
}

Result<KitEffect> effect_of(const gate::Inputs& inputs, std::vector<std::string> by_consent,
                            const std::optional<std::set<std::string>>& declared) {
  KitEffect out;
  out.by_consent = std::move(by_consent);
  auto found = raises(inputs);
  if (!found) {
    // A kit can be installed all the same. Until the cause is mended, nothing leaves.
    if (found.error().code == core::Code::not_recorded) return core::fail(std::move(found).error());
    out.problem = found.error().message;
    return out;
  }
  out.raises = std::move(*found);
  for (const Raise& raise : out.raises) {
    const policy::Terms* ceiling = ceiling_of(inputs, raise.event);
    if (ceiling == nullptr || !declared) {
      out.would_cover.suffices = false;
    } else {
      out.would_cover.add(policy::would_cover(raise.decision, *ceiling, *declared));
    }
  }
  return out;
}

Result<KitEffect> effect_of_kit(const site::Site& site, std::string_view file) {
  AIRLOCK_TRY(site::Kit kit, gate::verify_kit_for(site, file));
  AIRLOCK_TRY(const auto ledger, gate::open_to_decide(site));
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(site, ledger));
  AIRLOCK_TRY(const auto declared, gate::declared_so_far(ledger, inputs.kit));
  AIRLOCK_TRY(const gate::Consents consents, gate::consents_in_force(ledger));
  AIRLOCK_CHECK(gate::use_kit(inputs, std::move(kit), ledger));
  AIRLOCK_TRY(auto admitted, gate::install_into_ceiling(
                                 inputs, declared ? policy::Consent{consents.to, *declared} : policy::Consent{}));
  return effect_of(inputs, std::move(admitted), declared);
}

}  // namespace airlock::office
