#include "prover/idle.hpp"

#include <array>
#include <set>

namespace airlock::prover {
namespace {

using policy::DecisionFacts;

bool has(const SelectorSet& bits, std::size_t at) { return (bits[at / 64] >> (at % 64) & 1) != 0; }

class Search {
 public:
  Search(const Space& space, std::size_t rule, const std::function<bool(const DecisionFacts&)>& differs)
      : space_(space), rule_(rule), differs_(differs) {}

  Use run() {
    const std::size_t count = space_.entitlements().size();
    for (const Base& base : space_.bases()) {
      if (!has(base.rules[0], rule_)) continue;
      if (space_.names(rule_, std::nullopt)) {
        if (matters(base, {})) return Use::matters;
        continue;
      }
      for (std::size_t e = 0; e < count; ++e) {
        const std::array one{e};
        if (space_.names(rule_, e) && matters(base, one)) return Use::matters;
      }
    }
    return has_match_ ? Use::no_effect : Use::no_match;
  }

 private:
  bool matters(const Base& base, std::span<const std::size_t> fewest) {
    has_match_ = true;
    if (differs(base, fewest)) return true;
    // The exception (idle.hpp) needs a rule with profiles where no other matching rule has any.
    if (rest(base, fewest).profiles != 0 || space_.effect(0, only_rule()).profiles == 0) return false;
    std::vector<std::size_t> more(fewest.begin(), fewest.end());
    more.push_back(0);
    for (std::size_t e = 0; e < space_.entitlements().size(); ++e) {
      more.back() = e;
      if (differs(base, more)) return true;
    }
    return false;
  }

  [[nodiscard]] SelectorSet only_rule() const {
    SelectorSet out(space_.bases().front().rules[0].size(), 0);
    out[rule_ / 64] |= std::uint64_t{1} << (rule_ % 64);
    return out;
  }

  /// What all other matching rules ask for together.
  [[nodiscard]] Effect rest(const Base& base, std::span<const std::size_t> entitlements) const {
    SelectorSet rules = space_.matching(base, 0, entitlements);
    rules[rule_ / 64] &= ~(std::uint64_t{1} << (rule_ % 64));
    return space_.effect(0, rules);
  }

  bool differs(const Base& base, std::span<const std::size_t> entitlements) {
    const Effect without = rest(base, entitlements);
    Effect with = without;
    with |= space_.effect(0, only_rule());
    if (with.at_least == without.at_least && with.withholds_by_design == without.withholds_by_design &&
        with.profiles == without.profiles) {
      return false;
    }
    // Skip what was already decided for other facts.
    const auto key = std::array<std::uint64_t, 5>{
        base.tier << 2 | std::uint64_t{base.believed} << 1 | std::uint64_t{base.in_force},
        static_cast<std::uint64_t>(with.at_least) << 2 | static_cast<std::uint64_t>(without.at_least),
        std::uint64_t{with.withholds_by_design} << 1 | std::uint64_t{without.withholds_by_design}, with.profiles,
        without.profiles};
    if (!tried_.insert(key).second) return false;
    DecisionFacts facts = base.first;
    for (const std::size_t e : entitlements) facts.entitlements.push_back(space_.entitlements()[e]);
    return differs_(facts);
  }

  const Space& space_;
  std::size_t rule_;
  const std::function<bool(const DecisionFacts&)>& differs_;
  bool has_match_ = false;
  std::set<std::array<std::uint64_t, 5>> tried_;
};

}  // namespace

Use use_of(const Space& space, std::size_t rule, const std::function<bool(const DecisionFacts&)>& differs) {
  return Search(space, rule, differs).run();
}

}  // namespace airlock::prover
