#pragma once
/// \file
/// What the ceiling's order (policy/ceiling.hpp) says about two rulings: what gets looser and what stricter. A site
/// compares in the same way, so that what is looser here is held there. For prover/ only, apart from `TermChange`.

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "policy/ceiling.hpp"

namespace airlock::prover {

/// `mixed`: the two do not compare. It counts as looser.
enum class Direction : std::uint8_t { looser, stricter, mixed };
[[nodiscard]] std::string_view name(Direction direction);

/// A term of a decision that changes. Dispositions are left out, and so is what policy and dictionary do not say:
/// recipients, destinations, approvals and words.
struct TermChange {
  policy::Loosening difference;  ///< `from` and `lost` are of the old ruling, `to` and `gained` of the new one
  Direction direction;           ///< never `mixed`
  std::string cls;               ///< of the datum in the new dictionary, or empty
  std::set<std::string> tiers;   ///< the tiers of the combinations; the empty name is no tier
  std::uint64_t combinations = 0;
};

/// The changes of one pair of terms, without tiers and combinations. A term that is looser both ways round is only
/// reported as looser.
[[nodiscard]] std::vector<TermChange> term_changes(const policy::Terms& before, const policy::Terms& after);

/// One sentence for a change.
[[nodiscard]] std::string in_words(const TermChange& change);

}  // namespace airlock::prover
