#pragma once
/// \file
/// What only a person may do: raise the ceiling, put an older kit into force, stop every disclosure, let them go on. Each is recorded with a reason.

#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "policy/also_new.hpp"
#include "policy/ceiling.hpp"

namespace airlock::office {

using core::Result;

/// An event whose decision is looser than the ceiling, and how.
struct Raise {
  std::string event;
  std::optional<policy::Disposition> before;  ///< nothing where the event was never authorised
  policy::Disposition after;
  std::vector<policy::Loosening> loosenings;
};

/// What there is to authorise.
struct Proposal {
  std::vector<Raise> raises;  ///< empty: nothing in force is looser than the ceiling
  std::string licence;        ///< serial and state, for people; empty where there is none
  std::uint64_t kit = 0;                    ///< number of the kit whose decisions these are
  std::optional<std::uint64_t> kit_before;  ///< the one in force, where `kit` needs a person to replace it
  policy::Ceiling decisions;  ///< of the events in `raises`
  core::Digest fingerprint;   ///< of all that it was worked out from
  std::vector<policy::AlsoNew> consented;                ///< what may leave of kits to come, so far
  std::optional<std::vector<policy::AlsoNew>> also_new;  ///< what may from now on; nothing where that stays as it is

  [[nodiscard]] bool empty() const { return raises.empty() && !kit_before && !also_new; }
};

/// Works out what `authorise` would allow, for showing; `also_new` is what it is to consent to besides, instead of what
/// was consented to before. Errors: refused (no kit; a consent where nobody knows what earlier kits declared), as
/// `read_inputs`.
[[nodiscard]] Result<Proposal> propose(const std::string& directory,
                                       const std::optional<std::vector<policy::AlsoNew>>& also_new = {});

/// Allows what was shown, and records it. Error: refused where anything has changed since; not_recorded.
[[nodiscard]] Result<void> authorise(const std::string& directory, const Proposal& shown, const std::string& reason);

/// Stops every disclosure at once. Returns whether that is new.
[[nodiscard]] Result<bool> put_on_hold(const std::string& directory, const std::string& reason);
/// Lets disclosures go on. Returns whether they were on hold.
[[nodiscard]] Result<bool> lift_hold(const std::string& directory, const std::string& reason);

}  // namespace airlock::office
