#pragma once
/// \file
/// What a site's decisions allow beyond its ceiling. Reports of such an event are held until a person authorises it.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "policy/also_new.hpp"
#include "policy/ceiling.hpp"
#include "site/site.hpp"

namespace airlock::office {

/// An event whose decision is looser than the ceiling, with every way in which it is looser.
struct Raise {
  std::string event;
  std::optional<policy::Disposition> before;  ///< nothing if the event was never authorised
  policy::Terms decision;
  std::vector<policy::Loosening> loosenings;
};

/// The raises that the kit in `inputs` asks for, by event. Precondition: there is a kit. Errors: those of
/// `gate::decisions_in_force`.
[[nodiscard]] core::Result<std::vector<Raise>> raises(const gate::Inputs& inputs);

/// What a kit does at this site, for its licence, once it is in force.
struct KitEffect {
  std::vector<Raise> raises;            ///< what is held until a person authorises it
  std::vector<std::string> by_consent;  ///< paths of new values that a standing consent lets in
  /// The new values that standing consents would cover, in all `raises`. All of them still wait, since consents let
  /// nothing in while anything else is looser, or since nobody gave them.
  policy::WouldCover would_cover;
  std::string problem;  ///< why nobody can say what is held, such as words that cannot be used; or empty
};

/// What the kit in `inputs` does, now that it was put into their ceiling. `declared`: every path that any kit of the
/// site declared before; nothing if nobody knows. Error: not_recorded.
[[nodiscard]] core::Result<KitEffect> effect_of(const gate::Inputs& inputs, std::vector<std::string> by_consent,
                                                const std::optional<std::set<std::string>>& declared);
/// What a kit would do if it were installed now; changes nothing. Errors: those of `gate::verify_kit_for`,
/// `gate::read_inputs` and `effect_of`.
[[nodiscard]] core::Result<KitEffect> effect_of_kit(const site::Site& site, std::string_view file);

}  // namespace airlock::office
