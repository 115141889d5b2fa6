#pragma once
/// \file
/// What changes when one policy with its dictionary replaces another, over every combination of facts that either
/// policy can tell apart.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "policy/also_new.hpp"
#include "policy/policy.hpp"
#include "prover/term_changes.hpp"

namespace airlock::prover {

/// A disposition of one tier that becomes another.
struct DispositionChange {
  std::string tier;  ///< empty: no tier
  policy::Disposition before;
  policy::Disposition after;
  Direction direction;
  std::uint64_t combinations = 0;
  std::string first;  ///< the smallest combination, in words
};

/// A changed treatment of one datum, of what is undeclared, or of copies, in combinations in which something leaves
/// both before and after.
struct TreatmentChange {
  std::string path;    ///< declared path; empty for what is undeclared, and for copies
  std::string of;      ///< `value`, `key`, `undeclared`, `copies`
  std::string cls;     ///< in the new dictionary, or empty if it does not declare the datum
  std::string before;  ///< in the words of `redaction::describe`, or `undeclared`
  std::string after;
  Direction direction;
  std::set<std::string> tiers;  ///< the tiers of the combinations; the empty name is no tier
  std::uint64_t combinations = 0;
};

struct PolicyDiff {
  std::uint64_t combinations = 0;  ///< that were compared
  std::uint64_t changed = 0;       ///< in which anything differs
  std::vector<DispositionChange> dispositions;
  std::vector<TreatmentChange> treatments;
  std::vector<TermChange> terms;  ///< what the ceiling's order finds, changed treatments included
  /// What standing consents would cover of that which is looser, at a site that gave them before.
  policy::WouldCover would_cover;

  [[nodiscard]] bool gets_looser() const;
};

/// A policy and its dictionary.
struct Ruling {
  const policy::Policy& policy;
  const dictionary::Dictionary& dictionary;
};

/// Compares two rulings. Error: refused if there are too many combinations to try.
[[nodiscard]] core::Result<PolicyDiff> diff(const Ruling& before, const Ruling& after);
/// One sentence for each change, lower case, without full stops.
[[nodiscard]] std::vector<std::string> in_sentences(const PolicyDiff& diff);

}  // namespace airlock::prover
