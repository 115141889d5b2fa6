#include "policy/space.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <map>
#include <set>

#include "core/text.hpp"

namespace airlock::policy {
namespace {

/// The smallest counter-example has a licence in force, if it can.
constexpr std::array all_states{LicenceState::valid,         LicenceState::grace,      LicenceState::expired,
                                LicenceState::not_yet_valid, LicenceState::superseded, LicenceState::revoked,
                                LicenceState::wrong_product, LicenceState::wrong_site, LicenceState::clock_rollback,
                                LicenceState::invalid,       LicenceState::missing};
static_assert(all_states.size() == core::licence_state_names.size());

constexpr std::array<std::optional<Disposition>, 5> all_floors{std::nullopt, Disposition::send, Disposition::redact,
                                                               Disposition::seal, Disposition::withhold};

/// One name for all entitlements that stand in the same selectors: no policy can tell them apart.
std::vector<std::string> distinguishable(std::span<const Document* const> documents) {
  std::map<std::string, std::vector<std::size_t>> selectors_of;
  std::size_t selector = 0;
  const auto note = [&](const Selector& at) {
    for (const auto& entitlement : at.entitlements) selectors_of[entitlement].push_back(selector);
    ++selector;
  };
  for (const Document* document : documents) {
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

}  // namespace

Result<Space> Space::of(std::span<const Document* const> documents, std::vector<std::string> events) {
  Space out;
  out.events_ = std::move(events);
  std::set<std::string> tiers;
  for (const Document* document : documents) {
    for (const auto& [name, tier] : document->tiers) tiers.insert(name);
  }
  out.tiers_.assign(tiers.begin(), tiers.end());
  std::string unknown = "unknown";
  while (tiers.contains(unknown)) unknown += "-tier";
  out.tiers_.emplace_back(std::move(unknown));
  out.tiers_.emplace_back(std::nullopt);

  const auto asks_for_age = [](const Document* document) {
    return std::any_of(document->rules.begin(), document->rules.end(),
                       [](const Rule& rule) { return !rule.when.kits.empty(); }) ||
           std::any_of(document->claims.begin(), document->claims.end(),
                       [](const Claim& claim) { return !claim.where.kits.empty(); });
  };
  if (std::any_of(documents.begin(), documents.end(), asks_for_age)) out.kit_ages_.push_back(KitAge::stale);

  const auto entitlements = distinguishable(documents);
  const std::uint64_t each_set = out.tiers_.size() * all_states.size() * all_floors.size() * 2 *
                                 out.events_.size() * out.kit_ages_.size();
  if (entitlements.size() > 20 || (each_set << entitlements.size()) > combinations_limit) {
    return core::fail(core::Code::refused,
                      "the policy tells " + std::to_string(entitlements.size()) +
                          " entitlements apart, which makes more than " + std::to_string(combinations_limit) +
                          " combinations to try out",
                      "let rules and claims name fewer entitlements, or always name the same ones together");
  }
  for (std::uint64_t set = 0; set < std::uint64_t{1} << entitlements.size(); ++set) {
    auto& names = out.entitlement_sets_.emplace_back();
    for (std::size_t i = 0; i < entitlements.size(); ++i) {
      if ((set >> i & 1) != 0) names.push_back(entitlements[i]);
    }
  }
  std::stable_sort(out.entitlement_sets_.begin(), out.entitlement_sets_.end(),
                   [](const auto& a, const auto& b) { return a.size() < b.size(); });
  return out;
}

std::uint64_t Space::size() const {
  return tiers_.size() * entitlement_sets_.size() * events_.size() * all_states.size() * all_floors.size() * 2 *
         kit_ages_.size();
}

void Space::each_inner(Facts& facts, const std::function<void(const Facts&)>& with) const {
  for (const KitAge age : kit_ages_) {
    facts.kit = age;
    for (const LicenceState state : all_states) {
      facts.licence = state;
      for (const auto& tier : tiers_) {
        facts.tier = tier;
        for (const auto& event : events_) {
          facts.event = event;
          with(facts);
        }
      }
    }
  }
}

void Space::each(const std::function<void(const Facts&)>& with) const {
  Facts facts;
  for (const auto& floor : all_floors) {
    facts.floors.clear();
    if (floor) facts.floors.push_back({"airlock.json", *floor});
    for (const bool redacts_also : {false, true}) {
      facts.redacts_also = redacts_also;
      for (const auto& entitlements : entitlement_sets_) {
        facts.entitlements = entitlements;
        each_inner(facts, with);
      }
    }
  }
}

void Space::each_without_floors(const std::function<void(const Facts&)>& with) const {
  Facts facts;
  for (const auto& entitlements : entitlement_sets_) {
    facts.entitlements = entitlements;
    each_inner(facts, with);
  }
}

std::string in_words(const Facts& facts) {
  std::string out = (facts.tier ? "tier " + core::quote(*facts.tier) : "no tier") + ", licence " +
                    core::quote(core::name(facts.licence)) + ", event " + core::quote(facts.event);
  for (std::size_t i = 0; i < facts.entitlements.size(); ++i) {
    out += (i == 0 ? ", entitled to " : " and ") + core::quote(facts.entitlements[i]);
  }
  if (facts.kit == KitAge::stale) out += ", under a stale kit";
  for (const Floor& floor : facts.floors) out += ", floor " + core::quote(name(floor.at_least));
  if (facts.redacts_also) out += ", with redactions of the site's own";
  return out;
}

}  // namespace airlock::policy
