#pragma once
/// \file
/// All combinations of facts that a policy can tell apart. They are finitely many, so a claim can be proved by trying
/// all of them. Combinations that are decided alike form a group. For prover/ only; check.cpp, idle.cpp and diff.cpp
/// use it.
///
/// The combinations have every tier that a policy names, one that no policy names, and no tier; all licence states; the
/// dictionary's events; both ages of the kit, if some rule or claim asks for the age; no floor and a floor of each
/// disposition, since several floors ask for the strictest of them; and the site with and without redactions of its
/// own. Of the entitlements that some rule or claim names, they have all sets of at most two. Entitlements that
/// selectors always name together count as one.
///
/// Larger sets prove nothing new (docs/formats/policy-semantics.md, "Why two entitlements are enough"). An entitlement
/// can only make more rules match, and rules only tighten. So if a larger set violates a claim, one of its subsets of
/// two does: one entitlement for which the claim applies, and one for which a rule asks for what was decided.
///
/// A decision depends on the rules that match, not on the facts themselves. So facts form one group if they have in
/// common the tier, whether the licence is believed and in force, and what the matching rules ask for together.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/decision.hpp"
#include "policy/document.hpp"

namespace airlock::prover {

/// The most situations that are looked at: facts without entitlements, times sets of entitlements.
inline constexpr std::uint64_t situations_limit = 20'000'000;
/// The most groups that are decided.
inline constexpr std::size_t groups_limit = 50'000;

/// A set of selectors (or of rules, which have one each): a bit for each number.
using SelectorSet = std::vector<std::uint64_t>;

/// What a set of rules asks for together.
struct Effect {
  policy::Disposition at_least = policy::Disposition::send;
  bool withholds_by_design = false;  ///< some rule without a `licence` or `kit` condition withholds
  std::uint64_t profiles = 0;        ///< a bit for each profile of the policy
  Effect& operator|=(const Effect& other);
};

/// Facts without entitlements that have in common the tier, whether the licence is believed and in force, and all
/// selectors that may match.
struct Base {
  policy::DecisionFacts first;
  std::uint64_t size = 0;  ///< how many there are
  std::size_t tier = 0;    ///< the tier's number in `Space`
  bool believed = false;
  bool in_force = false;
  std::vector<SelectorSet> rules;  ///< for each document, the rules that match for some entitlements
  SelectorSet claims;              ///< the claims of all documents that apply for some entitlements
};

/// Facts that are decided alike, apart from floors and the site's own redactions.
struct Group {
  policy::DecisionFacts first;  ///< the smallest: few entitlements, a valid licence
  std::uint64_t size = 0;
  std::size_t coarse =
      0;  ///< the number of the coarse group: its groups come to the same disposition, whatever the floor
};

enum class Claims : std::uint8_t { matter, do_not_matter };

class Space {
 public:
  /// The space of all documents together. Error: refused above a limit.
  [[nodiscard]] static core::Result<Space> of(std::span<const policy::PolicyDocument* const> documents,
                                              std::vector<std::string> events, Claims claims);

  /// Sorted by their first facts.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// The first facts of each coarse group, by its number.
  [[nodiscard]] const std::vector<policy::DecisionFacts>& coarse() const { return coarse_; }
  /// Every floor, with and without redactions of the site's own. The first has neither.
  struct Variant {
    std::vector<policy::Floor> floors;
    bool redacts_also = false;
    [[nodiscard]] policy::DecisionFacts of(policy::DecisionFacts facts) const;
  };
  [[nodiscard]] static const std::vector<Variant>& variants();

  [[nodiscard]] const std::vector<Base>& bases() const { return bases_; }
  /// The entitlements that can be told apart.
  [[nodiscard]] const std::vector<std::string>& entitlements() const { return entitlements_; }
  /// Whether the rule with this number in the first document names the entitlement. Without an entitlement: whether the
  /// rule names none at all.
  [[nodiscard]] bool names(std::size_t rule, std::optional<std::size_t> entitlement) const;
  /// The rules of the document that match the facts of a base with these entitlements, at most two.
  [[nodiscard]] SelectorSet matching(const Base& base, std::size_t document,
                                     std::span<const std::size_t> entitlements) const;
  /// What these rules of the document ask for together.
  [[nodiscard]] Effect effect(std::size_t document, const SelectorSet& rules) const;

  /// How many combinations there are.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::size_t tier_count() const { return tiers_.size(); }
  [[nodiscard]] std::size_t kit_age_count() const { return kit_ages_.size(); }
  [[nodiscard]] std::size_t entitlement_set_count() const;
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }

 private:
  /// The selectors without a condition on entitlements, and for each entitlement those that name it.
  struct Conditions {
    SelectorSet none;
    std::vector<SelectorSet> naming;  ///< by entitlement
  };
  /// The rules of a document, by what they ask for.
  struct Deeds {
    std::vector<SelectorSet> asking;  ///< by disposition
    SelectorSet withholding;          ///< by design
    std::vector<SelectorSet> adding;  ///< by profile
    std::uint64_t redacting = 0;      ///< profiles that redact
  };

  [[nodiscard]] Conditions conditions_of(std::span<const policy::Selector* const> selectors) const;
  [[nodiscard]] static Deeds deeds_of(const policy::PolicyDocument& document);
  void find_bases(std::span<const policy::PolicyDocument* const> documents,
                  std::span<const policy::Selector* const> claims);
  [[nodiscard]] core::Result<void> find_groups();

  std::vector<std::optional<std::string>> tiers_;
  std::vector<std::string> entitlements_;
  std::vector<std::string> events_;
  std::vector<policy::KitAge> kit_ages_{policy::KitAge::current};
  std::vector<Conditions> rule_conditions_;  ///< of each document
  std::vector<Deeds> deeds_;                 ///< of each document
  Conditions claim_conditions_;
  std::vector<Base> bases_;
  std::vector<Group> groups_;
  std::vector<policy::DecisionFacts> coarse_;
};

/// Facts in words: `tier `enterprise`, licence `valid`, event `x`, entitled to `air_gap`, floor `seal``.
[[nodiscard]] std::string in_words(const policy::DecisionFacts& facts);

}  // namespace airlock::prover
