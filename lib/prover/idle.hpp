#pragma once
/// \file
/// Whether a rule makes a difference to any decision. For prover/ only.

#include <functional>

#include "prover/space.hpp"

namespace airlock::prover {

enum class Use : std::uint8_t { no_match, no_effect, matters };

/// The use of the rule with this number in the first document. `differs` decides for the facts with and without the
/// rule and returns whether the two decisions differ.
///
/// It is enough to try the fewest entitlements for which the rule matches, none or one. If the rule makes a difference
/// with more entitlements, it also does with the fewest: fewer other rules match then, so they ask for less, and their
/// profiles hide less. There is one exception. Without any profile, anything undeclared refuses the report; profiles
/// may let it be dropped. So a rule whose profile refuses makes a difference only next to a rule whose profile drops,
/// and that rule may need a second entitlement.
[[nodiscard]] Use use_of(const Space& space, std::size_t rule,
                         const std::function<bool(const policy::DecisionFacts&)>& differs);

}  // namespace airlock::prover
