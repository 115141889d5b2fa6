#pragma once
/// \file
/// What changes when one policy (and dictionary) takes the place of another, over every combination of facts that
/// either can tell apart.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "policy/policy.hpp"

namespace airlock::prover {

/// `mixed` is what does not compare; it counts as looser.
enum class Direction : std::uint8_t { looser, stricter, mixed };
[[nodiscard]] std::string_view name(Direction direction);

/// One disposition of one tier that becomes another.
struct DispositionChange {
  std::string tier;  ///< empty: no tier
  policy::Disposition before;
  policy::Disposition after;
  Direction direction;
  std::uint64_t combinations = 0;
  std::string first;  ///< the smallest of them, in words
};

/// The treatment of one datum, or of what is undeclared, where something leaves before and after.
struct TreatmentChange {
  std::string path;    ///< declared path; empty for what is undeclared, and for copies
  std::string of;      ///< `value`, `key`, `undeclared`, `copies`
  std::string cls;     ///< of the new dictionary, where the datum is declared there
  std::string before;  ///< as `redaction::describe`, or `undeclared`
  std::string after;
  Direction direction;
  std::set<std::string> tiers;  ///< of the combinations; empty name: no tier
  std::uint64_t combinations = 0;
};

struct PolicyDiff {
  std::uint64_t combinations = 0;  ///< that were compared
  std::uint64_t changed = 0;       ///< in which anything differs
  std::vector<DispositionChange> dispositions;
  std::vector<TreatmentChange> treatments;

  [[nodiscard]] bool gets_looser() const;
};

/// A policy with the dictionary that it goes with.
struct Ruling {
  const policy::Policy& policy;
  const dictionary::Dictionary& dictionary;
};

/// Error: refused, where there are too many combinations to try out.
[[nodiscard]] core::Result<PolicyDiff> diff(const Ruling& before, const Ruling& after);
/// One sentence a change, lower case, no full stops.
[[nodiscard]] std::vector<std::string> in_sentences(const PolicyDiff& diff);

}  // namespace airlock::prover
