#pragma once
/// \file
/// A policy in sentences, for the person who has to judge it.

#include <string>
#include <vector>

#include "policy/document.hpp"
#include "policy/policy.hpp"

namespace airlock::prover {

/// The policy in sentences, in the order of the document. One line each, lower case, without full stops.
[[nodiscard]] std::vector<std::string> show(const policy::Policy& policy);

/// One claim of a policy as a sentence: "tier `gold`: the decision is never `send`".
[[nodiscard]] std::string statement_of(const policy::Claim& claim);

}  // namespace airlock::prover
