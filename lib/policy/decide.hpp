#pragma once
/// \file
/// The decision by a policy document; for policy/ and prover/ only. Policy::decide is the way in for everybody else.

#include "policy/document.hpp"

namespace airlock::policy {

/// Whether the facts satisfy every condition of the selector. A condition is satisfied by any of its values.
[[nodiscard]] bool matches(const Selector& when, const DecisionFacts& facts);
/// The same, without looking at the condition on entitlements.
[[nodiscard]] bool matches_but_for_entitlements(const Selector& when, const DecisionFacts& facts);

/// Whether the rule withholds in every state of licence and kit. Such a decision is no exception (`Decision`).
[[nodiscard]] bool withholds_by_design(const Rule& rule);

/// See Policy::decide. Decides as if the document did not have the rule `without`.
[[nodiscard]] Decision decide(const PolicyDocument& document, const DecisionFacts& facts,
                              const Rule* without = nullptr);

}  // namespace airlock::policy
