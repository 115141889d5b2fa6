#pragma once
/// \file
/// What of a licence a kit does not know: a tier by which every report is held, an entitlement that no rule asks for, a
/// limit of which no figure is declared. Mistyped names, as a rule.

#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "licence/licence.hpp"
#include "policy/policy.hpp"

namespace airlock::site {

struct UnknownTerm {
  std::string what;     ///< "tier `enterprise-airgaped`"
  std::string why;      ///< follows it: "is not in the policy"
  std::string nearest;  ///< a name that is known and looks alike; may be empty
};
/// The tier, then entitlements and limits, in the licence's order.
[[nodiscard]] std::vector<UnknownTerm> unknown_terms(const licence::Licence& licence, const policy::Policy& policy,
                                                     const dictionary::Dictionary& dictionary);

}  // namespace airlock::site
