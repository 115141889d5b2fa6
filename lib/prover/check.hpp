#pragma once
/// \file
/// Proves the claims of a policy by trying every combination of facts (space.hpp): each claim holds, or has a smallest
/// counter-example. Also finds what the author of a policy would want to know: rules that never matter, profiles that
/// nothing uses, redactions that do not fit and therefore drop, totals from which a suppressed figure can be computed.
///
///     AIRLOCK_TRY(const CheckReport report, check(policy, dictionary));
///     if (!report.sound()) …

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/progress.hpp"
#include "policy/policy.hpp"
#include "prover/cases.hpp"

namespace airlock::prover {

struct ClaimResult {
  std::string id;
  std::string statement;                ///< the claim in words
  std::uint64_t combinations = 0;       ///< how many the claim applies to
  std::string why;                      ///< how the counter-example violates the claim
  std::optional<Case> counter_example;  ///< the smallest one; absent if the claim is proved
};

struct PolicyFinding {
  enum class Kind : std::uint8_t {
    undone_suppression,   ///< a fault: a figure that is suppressed can be computed from what leaves
    vacuous_claim,        ///< the claim says nothing: no field of its class, or no disposition is barred
    rule_without_match,   ///< no combination matches it
    rule_without_effect,  ///< it matches, and every decision would be the same without it
    unused_profile,       ///< no tier and no rule names it, and no profile that they name extends it
    overruled_tier,       ///< in no combination the decision is the tier's own disposition
    fallback_to_drop,     ///< a class redaction fits no type of a field of its class, and drops it
  };
  Kind kind;
  std::string text;  ///< a sentence, lower case, no full stop
};
/// The enumerator as text: `undone_suppression`, …
[[nodiscard]] std::string_view name(PolicyFinding::Kind kind);

struct CheckReport {
  std::uint64_t combinations = 0;  ///< decisions that were made for the claims
  std::size_t tiers = 0;           ///< including an unknown one and no tier
  std::size_t entitlement_sets = 0;
  std::size_t kit_ages = 0;  ///< 2 if some rule or claim asks whether the kit is stale, otherwise 1
  std::size_t events = 0;
  std::size_t plans = 0;   ///< sets of profiles under which something leaves
  std::size_t fields = 0;  ///< data that the dictionary declares: values and keys
  std::vector<ClaimResult> claims;
  std::vector<PolicyFinding> findings;

  /// Whether all claims are proved and no finding is a fault.
  [[nodiscard]] bool sound() const;
};

/// Checks a policy against its dictionary. Error: refused if there are too many combinations to try.
[[nodiscard]] core::Result<CheckReport> check(const policy::Policy& policy, const dictionary::Dictionary& dictionary,
                                              core::ProgressSink& progress = core::no_progress());

}  // namespace airlock::prover
