#pragma once
/// \file
/// Actions that only a person may take: raise the ceiling, put into force a kit that was put aside, stop every
/// disclosure, and let disclosures go on. The ledger records each with its reason.

#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "office/raises.hpp"
#include "policy/also_new.hpp"
#include "policy/ceiling.hpp"
#include "sys/world.hpp"

namespace airlock::office {

using core::Result;

/// Everything that a person can authorise at this moment.
struct Proposal {
  std::vector<Raise> raises;  ///< empty: nothing in force is looser than the ceiling
  std::string licence;        ///< serial, tier and state, for people; only the state if there is no verified licence
  std::uint64_t kit = 0;      ///< number of the kit that made these decisions
  std::optional<std::uint64_t> kit_before;  ///< number of the kit in force, if a person must allow `kit` to replace it
  policy::Ceiling decisions;                ///< for the events in `raises`
  core::Digest fingerprint;                 ///< of everything that the proposal was computed from
  std::vector<policy::AlsoNew> consented;   ///< the standing consents now in force
  std::optional<std::vector<policy::AlsoNew>> also_new;  ///< the consents to replace them; nothing if they stay

  [[nodiscard]] bool empty() const { return raises.empty() && !kit_before && !also_new; }
};

/// Computes what `authorise` would allow, to be shown to a person. `also_new` lists standing consents that shall
/// replace those in force; without it they stay. Errors: refused (no kit; a new consent although nobody knows what
/// earlier kits declared), those of `read_inputs`.
[[nodiscard]] Result<Proposal> propose(const std::string& directory,
                                       const std::optional<std::vector<policy::AlsoNew>>& also_new = {},
                                       const sys::World& world = sys::real_world());

/// Allows what was shown, and records it. Errors: refused (something has changed since it was shown), not_recorded.
[[nodiscard]] Result<void> authorise(const std::string& directory, const Proposal& shown, const std::string& reason,
                                     const sys::World& world = sys::real_world());

/// Stops every disclosure at once. Returns false if disclosures were on hold already.
[[nodiscard]] Result<bool> put_on_hold(const std::string& directory, const std::string& reason,
                                       const sys::World& world = sys::real_world());
/// Ends the hold, so that disclosures go on. Returns whether disclosures were on hold.
[[nodiscard]] Result<bool> lift_hold(const std::string& directory, const std::string& reason,
                                     const sys::World& world = sys::real_world());

}  // namespace airlock::office
