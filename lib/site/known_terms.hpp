#pragma once
/// \file
/// The terms of a licence that a kit does not know, often because of a typing error: a tier that its policy does not
/// have (every report would be held), an entitlement that no rule asks for, a limit on a figure that is not declared.

#include <string>
#include <vector>

#include "dictionary/dictionary.hpp"
#include "licence/licence.hpp"
#include "policy/policy.hpp"
#include "site/kit.hpp"

namespace airlock::site {

struct UnknownTerm {
  std::string what;     ///< "tier `enterprise-airgaped`"
  std::string why;      ///< the rest of the sentence: "is not in the policy"
  std::string nearest;  ///< the most similar known name; empty where none is similar
};
/// The unknown terms in the licence's order: tier, entitlements, limits.
[[nodiscard]] std::vector<UnknownTerm> unknown_terms(const licence::Licence& licence, const policy::Policy& policy,
                                                     const dictionary::Dictionary& dictionary);

/// The same in sentences that name licence and kit, for whoever installed the wrong one of the two.
[[nodiscard]] std::vector<std::string> unknown_terms_in_words(const licence::Licence& licence, const Kit& kit);

}  // namespace airlock::site
