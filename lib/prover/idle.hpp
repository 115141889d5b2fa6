#pragma once
/// \file
/// Whether a rule matters to any decision. Within prover/ only.

#include <functional>

#include "prover/space.hpp"

namespace airlock::prover {

enum class Use : std::uint8_t { no_match, no_effect, matters };

/// The use of the first document's rule with this number. `differs` decides facts with and without the rule.
///
/// Without a rule that matters some decision is another one. Then it also is for the fewest entitlements for which the
/// rule matches, none or one: the other rules that match do not ask for more there, nor do their profiles hide more.
/// There is one exception. Where no profile is in force, anything undeclared refuses the report; profiles may let it
/// drop. So a rule whose profile refuses matters only beside one that drops: that takes another entitlement.
[[nodiscard]] Use use_of(const Space& space, std::size_t rule,
                         const std::function<bool(const policy::Facts&)>& differs);

}  // namespace airlock::prover
