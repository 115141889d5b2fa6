#pragma once
/// \file
/// The facts that a policy can tell apart, in groups on which it decides alike: what is finite can be proved whole.
/// Within prover/ only; check.cpp, idle.cpp and diff.cpp walk it.
///
/// Tiers: each that a policy names, one that none names, and none. Licence states: all. Events: the dictionary's. The
/// age of the kit: both, where some rule or claim asks for it. Floors: none and each disposition, since several floors
/// make the strictest of them. Whether the site redacts on its own account. Entitlements: the sets of at most two of
/// those that some rule or claim names; two that always stand together in selectors count as one.
///
/// Larger sets prove nothing new (docs/formats/policy-semantics.md, "Why two entitlements are enough"): an entitlement
/// can only let more rules match, and rules only tighten. So whatever a larger set violates, one of its subsets of two
/// violates: one entitlement for which the claim applies, and one for which a rule asks for what was decided.
///
/// The rules that match decide, not the facts themselves. So facts are put together that have the tier, the standing of
/// the licence, and all that the matching rules come to in common; a group is decided once.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "policy/document.hpp"
#include "policy/policy.hpp"

namespace airlock::prover {

/// More situations than this (facts but for entitlements, times sets of entitlements) are not looked at.
inline constexpr std::uint64_t situations_limit = 20'000'000;
/// More groups than this are not decided.
inline constexpr std::size_t groups_limit = 50'000;

/// Numbers of selectors, a bit each.
using SelectorSet = std::vector<std::uint64_t>;

/// What the rules that match come to.
struct Effect {
  policy::Disposition at_least = policy::Disposition::send;
  bool withholds_by_design = false;  ///< some rule without a `licence` or `kit` condition withholds
  std::uint64_t profiles = 0;        ///< a bit for each of the policy's
  Effect& operator|=(const Effect& other);
};

/// Facts without entitlements that have the tier, the licence's standing and all selectors that may match in common.
struct Base {
  policy::Facts first;
  std::uint64_t size = 0;  ///< how many
  std::size_t tier = 0;    ///< counted as `Space` does
  bool believed = false;
  bool in_force = false;
  std::vector<SelectorSet> rules;  ///< of each document: those that match for some entitlements
  SelectorSet claims;              ///< the same for claims of all documents
};

/// Facts that are decided alike but for floors and the site's own redactions.
struct Group {
  policy::Facts first;  ///< the smallest: few entitlements, a valid licence
  std::uint64_t size = 0;
  std::size_t coarse = 0;  ///< number of the groups that come to the same disposition whatever the floor
};

enum class Claims : std::uint8_t { matter, do_not_matter };

class Space {
 public:
  /// Error: refused, where there would be more than the limits.
  [[nodiscard]] static core::Result<Space> of(std::span<const policy::Document* const> documents,
                                              std::vector<std::string> events, Claims claims);

  /// Sorted by their first facts, as `variants` sorts floors.
  [[nodiscard]] const std::vector<Group>& groups() const { return groups_; }
  /// The first facts of each coarse group.
  [[nodiscard]] const std::vector<policy::Facts>& coarse() const { return coarse_; }
  /// Every floor, with and without redactions of the site's own, the smallest first: none.
  struct Variant {
    std::vector<policy::Floor> floors;
    bool redacts_also = false;
    [[nodiscard]] policy::Facts of(policy::Facts facts) const;
  };
  [[nodiscard]] static const std::vector<Variant>& variants();

  [[nodiscard]] const std::vector<Base>& bases() const { return bases_; }
  /// Entitlements that can be told apart.
  [[nodiscard]] const std::vector<std::string>& entitlements() const { return entitlements_; }
  /// Whether the rule of the first document with this number names the entitlement; without one: whether it names none
  /// at all.
  [[nodiscard]] bool names(std::size_t rule, std::optional<std::size_t> entitlement) const;
  /// The rules of the document that match the facts of a base with these entitlements, at most two, by their numbers.
  [[nodiscard]] SelectorSet matching(const Base& base, std::size_t document,
                                     std::span<const std::size_t> entitlements) const;
  /// What these rules of the document come to.
  [[nodiscard]] Effect effect(std::size_t document, const SelectorSet& rules) const;

  /// Combinations of all facts in the space.
  [[nodiscard]] std::uint64_t size() const;
  [[nodiscard]] std::size_t tier_count() const { return tiers_.size(); }
  [[nodiscard]] std::size_t kit_age_count() const { return kit_ages_.size(); }
  [[nodiscard]] std::size_t entitlement_set_count() const;
  [[nodiscard]] const std::vector<std::string>& events() const { return events_; }

 private:
  /// The selectors that have no condition on entitlements, and those that name one.
  struct Conditions {
    SelectorSet none;
    std::vector<SelectorSet> naming;  ///< by entitlement
  };
  /// The rules of a document by what they do.
  struct Deeds {
    std::vector<SelectorSet> asking;  ///< by disposition
    SelectorSet withholding;          ///< by design
    std::vector<SelectorSet> adding;  ///< by profile
    std::uint64_t redacting = 0;      ///< profiles that redact
  };

  [[nodiscard]] Conditions conditions_of(std::span<const policy::Selector* const> selectors) const;
  [[nodiscard]] static Deeds deeds_of(const policy::Document& document);
  void find_bases(std::span<const policy::Document* const> documents, std::span<const policy::Selector* const> claims);
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
  std::vector<policy::Facts> coarse_;
};

/// `tier `enterprise`, licence `valid`, event `x`, entitled to `air_gap`, floor `seal``.
[[nodiscard]] std::string in_words(const policy::Facts& facts);

}  // namespace airlock::prover
