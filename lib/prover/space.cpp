#include "prover/space.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

#include "core/text.hpp"
#include "policy/decide.hpp"
#include "policy/names.hpp"

namespace airlock::prover {
namespace {

using core::LicenceState;
using core::Result;
using policy::Claim;
using policy::contains;
using policy::DecisionFacts;
using policy::Disposition;
using policy::Floor;
using policy::KitAge;
using policy::PolicyDocument;
using policy::Rule;
using policy::Selector;

/// In this order, so that the smallest counter-example has a licence in force if possible.
constexpr std::array all_states{LicenceState::valid,         LicenceState::grace,      LicenceState::expired,
                                LicenceState::not_yet_valid, LicenceState::superseded, LicenceState::revoked,
                                LicenceState::wrong_product, LicenceState::wrong_site, LicenceState::clock_rollback,
                                LicenceState::invalid,       LicenceState::missing};
static_assert(all_states.size() == core::licence_state_names.size());

constexpr std::array<std::optional<Disposition>, 5> all_floors{std::nullopt, Disposition::send, Disposition::redact,
                                                               Disposition::seal, Disposition::withhold};

/// The entitlements of all selectors, without those that are named by exactly the same selectors as another one.
std::vector<std::string> distinguishable(std::span<const PolicyDocument* const> documents) {
  std::map<std::string, std::vector<std::size_t>> selectors_of;
  std::size_t selector = 0;
  const auto note = [&](const Selector& at) {
    for (const auto& entitlement : at.entitlements) selectors_of[entitlement].push_back(selector);
    ++selector;
  };
  for (const PolicyDocument* document : documents) {
    for (const Rule& rule : document->rules) note(rule.when);
    for (const Claim& claim : document->claims) note(claim.where);
  }
  std::set<std::vector<std::size_t>> seen;
  std::vector<std::string> out;
  for (const auto& [entitlement, at] : selectors_of) {
    if (seen.insert(at).second) out.push_back(entitlement);
  }
  return out;
}

using GroupKey = std::vector<std::uint64_t>;
struct HashKey {
  std::size_t operator()(const GroupKey& key) const {
    std::uint64_t out = 0xCBF29CE484222325;  // FNV-1a, by words
    for (const std::uint64_t word : key) out = (out ^ word) * 0x100000001B3 ^ out >> 29;
    return out;
  }
};

void set(SelectorSet& bits, std::size_t at) { bits[at / 64] |= std::uint64_t{1} << (at % 64); }

bool meet(const SelectorSet& a, const SelectorSet& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if ((a[i] & b[i]) != 0) return true;
  }
  return false;
}

SelectorSet bits_for(std::size_t count) { return SelectorSet((count + 63) / 64, 0); }

/// The selectors that match the facts with some entitlements.
SelectorSet may_match(std::span<const Selector* const> selectors, const DecisionFacts& facts) {
  SelectorSet out = bits_for(selectors.size());
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    if (matches_but_for_entitlements(*selectors[i], facts)) set(out, i);
  }
  return out;
}

std::vector<const Selector*> rules_of(const PolicyDocument& document) {
  std::vector<const Selector*> out;
  for (const Rule& rule : document.rules) out.push_back(&rule.when);
  return out;
}

std::uint64_t set_count(std::uint64_t entitlements) {
  return 1 + entitlements + (entitlements < 2 ? 0 : entitlements * (entitlements - 1) / 2);
}

/// All sets of at most two numbers below `count`, small sets first.
std::vector<std::vector<std::size_t>> small_sets(std::size_t count) {
  std::vector<std::vector<std::size_t>> out{{}};
  for (std::size_t i = 0; i < count; ++i) out.push_back({i});
  for (std::size_t j = 0; j < count; ++j) {
    for (std::size_t i = 0; i < j; ++i) out.push_back({i, j});
  }
  return out;
}

}  // namespace

Effect& Effect::operator|=(const Effect& other) {
  at_least = strictest(at_least, other.at_least);
  withholds_by_design |= other.withholds_by_design;
  profiles |= other.profiles;
  return *this;
}

DecisionFacts Space::Variant::of(DecisionFacts facts) const {
  facts.floors = floors;
  facts.redacts_also = redacts_also;
  return facts;
}

const std::vector<Space::Variant>& Space::variants() {
  static const std::vector<Variant> out = [] {
    std::vector<Variant> all;
    for (const auto& floor : all_floors) {
      for (const bool redacts_also : {false, true}) {
        all.push_back({floor ? std::vector<Floor>{{"airlock.json", *floor}} : std::vector<Floor>{}, redacts_also});
      }
    }
    return all;
  }();
  return out;
}

Space::Conditions Space::conditions_of(std::span<const Selector* const> selectors) const {
  Conditions out{bits_for(selectors.size()),
                 std::vector<SelectorSet>(entitlements_.size(), bits_for(selectors.size()))};
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    const std::set<std::string_view> named(selectors[i]->entitlements.begin(), selectors[i]->entitlements.end());
    if (named.empty()) set(out.none, i);
    for (std::size_t e = 0; e < entitlements_.size(); ++e) {
      if (named.contains(entitlements_[e])) set(out.naming[e], i);
    }
  }
  return out;
}

Space::Deeds Space::deeds_of(const PolicyDocument& document) {
  const std::size_t rules = document.rules.size();
  Deeds out{std::vector<SelectorSet>(all_floors.size() - 1, bits_for(rules)), bits_for(rules), {}, 0};
  for (const auto& [name, profile] : document.profiles) {
    if (policy::redacts(profile)) out.redacting |= std::uint64_t{1} << out.adding.size();
    SelectorSet& adding = out.adding.emplace_back(bits_for(rules));
    for (std::size_t i = 0; i < rules; ++i) {
      if (contains(document.rules[i].profiles, name)) set(adding, i);
    }
  }
  for (std::size_t i = 0; i < rules; ++i) {
    const Rule& rule = document.rules[i];
    set(out.asking[static_cast<std::size_t>(rule.at_least)], i);
    if (withholds_by_design(rule)) set(out.withholding, i);
  }
  return out;
}

void Space::find_bases(std::span<const PolicyDocument* const> documents, std::span<const Selector* const> claims) {
  std::vector<std::vector<const Selector*>> rules;
  for (const PolicyDocument* document : documents) rules.push_back(rules_of(*document));
  std::unordered_map<GroupKey, std::size_t, HashKey> seen;
  const auto add = [&](const DecisionFacts& facts, std::size_t tier) {
    Base base{.first = facts,
              .size = 0,
              .tier = tier,
              .believed = is_believed(facts),
              .in_force = is_in_force(facts),
              .rules = {},
              .claims = may_match(claims, facts)};
    GroupKey key{tier, std::uint64_t{base.believed} << 1 | std::uint64_t{base.in_force}};
    for (const auto& of_document : rules) {
      base.rules.push_back(may_match(of_document, facts));
      key.insert(key.end(), base.rules.back().begin(), base.rules.back().end());
    }
    key.insert(key.end(), base.claims.begin(), base.claims.end());
    const auto [at, is_new] = seen.try_emplace(std::move(key), bases_.size());
    if (is_new) bases_.push_back(std::move(base));
    ++bases_[at->second].size;
  };
  DecisionFacts facts;
  for (const KitAge age : kit_ages_) {
    facts.kit = age;
    for (const LicenceState state : all_states) {
      facts.licence = state;
      for (std::size_t tier = 0; tier < tiers_.size(); ++tier) {
        facts.tier = tiers_[tier];
        for (const auto& event : events_) {
          facts.event = event;
          add(facts, tier);
        }
      }
    }
  }
}

bool Space::names(std::size_t rule, std::optional<std::size_t> entitlement) const {
  const Conditions& conditions = rule_conditions_.front();
  const SelectorSet& bits = entitlement ? conditions.naming[*entitlement] : conditions.none;
  return (bits[rule / 64] >> (rule % 64) & 1) != 0;
}

SelectorSet Space::matching(const Base& base, std::size_t document, std::span<const std::size_t> entitlements) const {
  const Conditions& conditions = rule_conditions_[document];
  SelectorSet out = base.rules[document];
  for (std::size_t i = 0; i < out.size(); ++i) {
    std::uint64_t open = conditions.none[i];
    for (const std::size_t e : entitlements) open |= conditions.naming[e][i];
    out[i] &= open;
  }
  return out;
}

Effect Space::effect(std::size_t document, const SelectorSet& rules) const {
  const Deeds& deeds = deeds_[document];
  Effect out;
  for (const Disposition each : {Disposition::redact, Disposition::seal, Disposition::withhold}) {
    if (meet(rules, deeds.asking[static_cast<std::size_t>(each)])) out.at_least = each;
  }
  out.withholds_by_design = meet(rules, deeds.withholding);
  for (std::size_t i = 0; i < deeds.adding.size(); ++i) {
    if (meet(rules, deeds.adding[i])) out.profiles |= std::uint64_t{1} << i;
  }
  return out;
}

Result<void> Space::find_groups() {
  // The effect of each entitlement on each base, by document. The last element is the effect without any entitlement.
  const std::size_t documents = rule_conditions_.size();
  const std::size_t none = entitlements_.size();
  std::vector<std::vector<std::vector<Effect>>> effects(bases_.size());
  for (std::size_t b = 0; b < bases_.size(); ++b) {
    for (std::size_t d = 0; d < documents; ++d) {
      auto& of_document = effects[b].emplace_back();
      for (std::size_t e = 0; e < none; ++e) of_document.push_back(effect(d, matching(bases_[b], d, std::array{e})));
      of_document.push_back(effect(d, matching(bases_[b], d, {})));
    }
  }
  std::unordered_map<GroupKey, std::size_t, HashKey> seen;
  std::unordered_map<GroupKey, std::size_t, HashKey> seen_coarse;
  GroupKey key;
  GroupKey coarse;
  for (const auto& chosen : small_sets(entitlements_.size())) {
    SelectorSet open = claim_conditions_.none;
    for (const std::size_t e : chosen) {
      for (std::size_t i = 0; i < open.size(); ++i) open[i] |= claim_conditions_.naming[e][i];
    }
    for (std::size_t b = 0; b < bases_.size(); ++b) {
      const Base& base = bases_[b];
      key.assign({base.tier, std::uint64_t{base.believed} << 1 | std::uint64_t{base.in_force}});
      for (std::size_t i = 0; i < open.size(); ++i) key.push_back(base.claims[i] & open[i]);
      coarse = key;
      for (std::size_t d = 0; d < documents; ++d) {
        Effect sum = effects[b][d][none];
        for (const std::size_t e : chosen) sum |= effects[b][d][e];
        key.push_back(static_cast<std::uint64_t>(sum.at_least) << 1 | std::uint64_t{sum.withholds_by_design});
        coarse.push_back(key.back() << 1 | std::uint64_t{(sum.profiles & deeds_[d].redacting) != 0});
        key.push_back(sum.profiles);
      }
      auto at = seen.find(key);
      if (at == seen.end()) {
        if (groups_.size() == groups_limit) {
          return core::fail(core::Code::refused,
                            "the policy distinguishes more than " + std::to_string(groups_limit) + " cases",
                            "use entitlements in fewer of the rules that add profiles");
        }
        DecisionFacts facts = base.first;
        for (const std::size_t e : chosen) facts.entitlements.push_back(entitlements_[e]);
        const auto [same, is_new] = seen_coarse.try_emplace(coarse, coarse_.size());
        if (is_new) coarse_.push_back(facts);
        at = seen.emplace(key, groups_.size()).first;
        groups_.push_back({std::move(facts), 0, same->second});
      }
      groups_[at->second].size += base.size;
    }
  }
  return {};
}

Result<Space> Space::of(std::span<const PolicyDocument* const> documents, std::vector<std::string> events,
                        Claims claims) {
  Space out;
  out.events_ = std::move(events);
  std::set<std::string> tiers;
  for (const PolicyDocument* document : documents) {
    for (const auto& [name, tier] : document->tiers) tiers.insert(name);
  }
  out.tiers_.assign(tiers.begin(), tiers.end());
  std::string unknown = "unknown";
  while (tiers.contains(unknown)) unknown += "-tier";
  out.tiers_.emplace_back(std::move(unknown));
  out.tiers_.emplace_back(std::nullopt);

  const auto asks_for_age = [](const PolicyDocument* document) {
    return std::any_of(document->rules.begin(), document->rules.end(),
                       [](const Rule& rule) { return !rule.when.kits.empty(); }) ||
           std::any_of(document->claims.begin(), document->claims.end(),
                       [](const Claim& claim) { return !claim.where.kits.empty(); });
  };
  if (std::any_of(documents.begin(), documents.end(), asks_for_age)) out.kit_ages_.push_back(KitAge::stale);

  out.entitlements_ = distinguishable(documents);
  std::vector<const Selector*> claim_selectors;
  for (const PolicyDocument* document : documents) {
    out.rule_conditions_.push_back(out.conditions_of(rules_of(*document)));
    out.deeds_.push_back(deeds_of(*document));
    if (claims == Claims::do_not_matter) continue;
    for (const Claim& claim : document->claims) claim_selectors.push_back(&claim.where);
  }
  out.claim_conditions_ = out.conditions_of(claim_selectors);
  out.find_bases(documents, claim_selectors);
  if (out.bases_.size() * set_count(out.entitlements_.size()) > situations_limit) {
    return core::fail(core::Code::refused,
                      "the policy distinguishes " + std::to_string(out.entitlements_.size()) + " entitlements and " +
                          std::to_string(out.bases_.size()) + " cases without them, which makes more than " +
                          std::to_string(situations_limit) + " to look at",
                      "name fewer entitlements in rules and claims, or always the same ones together");
  }
  AIRLOCK_CHECK(out.find_groups());
  return out;
}

std::size_t Space::entitlement_set_count() const { return set_count(entitlements_.size()); }

std::uint64_t Space::size() const {
  std::uint64_t without = 0;
  for (const Base& base : bases_) without += base.size;
  return without * entitlement_set_count() * variants().size();
}

std::string in_words(const DecisionFacts& facts) {
  std::string out = (facts.tier ? "tier " + core::quote(*facts.tier) : "no tier") + ", licence " +
                    core::quote(core::name(facts.licence)) + ", event " + core::quote(facts.event);
  for (std::size_t i = 0; i < facts.entitlements.size(); ++i) {
    out += (i == 0 ? ", entitled to " : " and ") + core::quote(facts.entitlements[i]);
  }
  if (facts.kit == KitAge::stale) out += ", under a stale kit";
  for (const Floor& floor : facts.floors) out += ", floor " + core::quote(name(floor.at_least));
  if (facts.redacts_also) out += ", with the site's own redactions";
  return out;
}

}  // namespace airlock::prover
