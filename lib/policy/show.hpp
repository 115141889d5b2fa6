#pragma once
/// \file
/// A policy in sentences, for the person who has to judge it.

#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace airlock::policy {

/// What the document says, in its order; one line each, lower case, no full stops.
[[nodiscard]] std::vector<std::string> show(const Policy& policy);

}  // namespace airlock::policy
