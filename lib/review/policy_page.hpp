#pragma once
/// \file
/// The page of a policy: what each tier discloses of each class, the policy in sentences, and its claims with their
/// proof.

#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/policy.hpp"
#include "prover/check.hpp"

namespace airlock::review {

/// A policy with its dictionary, and the texts that both were read from.
struct PolicyWithTexts {
  const policy::Policy& policy;
  std::string_view policy_text;
  const dictionary::Dictionary& dictionary;
  std::string_view dictionary_text;
};

/// Writes the page. `report` is the result of `prover::check` for the same policy and dictionary. The tiers are shown
/// as a valid licence without entitlements has them; what changes that is in the sentences. Errors: those of `out`, and
/// of a policy that cannot be carried out.
[[nodiscard]] core::Result<void> write_policy_page(const PolicyWithTexts& documents, const prover::CheckReport& report,
                                                   core::Sink& out);

}  // namespace airlock::review
