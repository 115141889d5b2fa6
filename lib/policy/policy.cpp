#include "policy/policy.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/text.hpp"
#include "policy/document.hpp"
#include "policy/names.hpp"

namespace airlock::policy {
namespace {

constexpr std::array<std::string_view, 4> disposition_names{"send", "redact", "seal", "withhold"};

bool is_declared_missing(const Facts& facts) {
  return facts.licence == LicenceState::missing && facts.tier == unlicensed_tier;
}

/// The next stricter disposition that the tier grants; `withhold` always is.
Disposition granted(const Tier& tier, Disposition asked) {
  const auto at = tier.may.lower_bound(asked);
  return at == tier.may.end() ? Disposition::withhold : *at;
}

}  // namespace

bool is_believed(const Facts& facts) {
  if (facts.licence == LicenceState::missing) return is_declared_missing(facts);
  return facts.licence != LicenceState::invalid;
}

bool is_in_force(const Facts& facts) {
  return facts.licence == LicenceState::valid || facts.licence == LicenceState::grace || is_declared_missing(facts);
}

bool withholds_by_design(const Rule& rule) {
  return rule.at_least == Disposition::withhold && rule.when.licences.empty() && rule.when.kits.empty();
}

bool matches_but_for_entitlements(const Selector& when, const Facts& facts) {
  if (!when.tiers.empty() && !(facts.tier && contains(when.tiers, *facts.tier))) return false;
  if (!when.licences.empty() && !contains(when.licences, facts.licence)) return false;
  if (!when.kits.empty() && !contains(when.kits, facts.kit)) return false;
  return when.events.empty() || contains(when.events, facts.event);
}

bool matches(const Selector& when, const Facts& facts) {
  if (!matches_but_for_entitlements(when, facts)) return false;
  return when.entitlements.empty() || std::any_of(when.entitlements.begin(), when.entitlements.end(),
                                                  [&](const auto& text) { return contains(facts.entitlements, text); });
}

std::string_view name(Disposition disposition) { return disposition_names[static_cast<std::size_t>(disposition)]; }

std::string_view name(KitAge age) { return age == KitAge::stale ? "stale" : "current"; }

std::optional<KitAge> kit_age_from(std::string_view text) {
  for (const KitAge age : {KitAge::current, KitAge::stale}) {
    if (name(age) == text) return age;
  }
  return std::nullopt;
}

std::optional<Disposition> disposition_from(std::string_view text) {
  const auto* const at = std::find(disposition_names.begin(), disposition_names.end(), text);
  if (at == disposition_names.end()) return std::nullopt;
  return static_cast<Disposition>(at - disposition_names.begin());
}

Policy::Policy(std::unique_ptr<const Document> document) : document_(std::move(document)) {}
Policy::Policy(Policy&&) noexcept = default;
Policy& Policy::operator=(Policy&&) noexcept = default;
Policy::~Policy() = default;

Result<Policy> Policy::parse(std::string_view text, std::string_view name, const dictionary::Dictionary& dictionary) {
  AIRLOCK_TRY(auto document, read_document(text, name, dictionary));
  return Policy(std::make_unique<const Document>(std::move(document)));
}

Policy Policy::from(std::unique_ptr<const Document> document) { return Policy(std::move(document)); }
const Document& Policy::document() const { return *document_; }
const std::string& Policy::name() const { return document_->name; }
const std::string& Policy::version() const { return document_->version; }

std::vector<std::string> Policy::entitlements() const {
  std::set<std::string> out(document_->entitlements.begin(), document_->entitlements.end());
  for (const Rule& rule : document_->rules) out.insert(rule.when.entitlements.begin(), rule.when.entitlements.end());
  for (const Claim& claim : document_->claims) {
    out.insert(claim.where.entitlements.begin(), claim.where.entitlements.end());
  }
  for (const auto& [tier_name, tier] : document_->tiers) {
    for (const Disposition granted : tier.may) out.emplace(policy::name(granted));
  }
  return {out.begin(), out.end()};
}

std::vector<std::string> Policy::tiers() const {
  std::vector<std::string> out;
  for (const auto& [name, tier] : document_->tiers) out.push_back(name);
  return out;
}

Decision Policy::decide(const Facts& facts) const { return policy::decide(*document_, facts); }

Decision decide(const Document& document, const Facts& facts, const Rule* without) {
  using Kind = Contribution::Kind;
  const std::string tier_name = facts.tier.value_or("");
  const auto found = document.tiers.find(tier_name);
  const Tier* tier = found != document.tiers.end() && is_believed(facts) ? &found->second : nullptr;

  Decision out;
  std::set<std::string> profiles;
  bool withheld_by_design = false;
  Disposition asked = Disposition::send;
  const auto add = [&](Kind kind, std::string_view id, Disposition at_least) {
    out.contributions.push_back({kind, std::string(id), at_least});
    asked = strictest(asked, at_least);
  };

  if (tier != nullptr) {
    add(Kind::tier, tier_name, tier->disposition);
    profiles.insert(tier->profiles.begin(), tier->profiles.end());
    withheld_by_design = tier->disposition == Disposition::withhold;
  } else {
    // Nobody chose profiles for this case, so all are in force: no known tier is redacted more.
    add(Kind::otherwise, tier_name, document.otherwise);
    for (const auto& [profile_name, profile] : document.profiles) profiles.insert(profile_name);
  }
  if (!is_in_force(facts)) add(Kind::licence_state, core::name(facts.licence), Disposition::seal);
  for (const Rule& rule : document.rules) {
    if (&rule == without || !matches(rule.when, facts)) continue;
    add(Kind::rule, rule.id, rule.at_least);
    out.rules.push_back(rule.id);
    profiles.insert(rule.profiles.begin(), rule.profiles.end());
    withheld_by_design |= policy::withholds_by_design(rule);
  }
  for (const Floor& floor : facts.floors) {
    add(Kind::floor, floor.source, floor.at_least);
    withheld_by_design |= floor.at_least == Disposition::withhold;
  }
  out.profiles.assign(profiles.begin(), profiles.end());
  const bool redacting =
      facts.redacts_also || std::any_of(out.profiles.begin(), out.profiles.end(), [&](const auto& profile) {
        return redacts(document.profiles.find(profile)->second);
      });
  if (redacting && asked == Disposition::send) add(Kind::redactions, "", Disposition::redact);

  for (auto& contribution : out.contributions) contribution.determines = contribution.at_least == asked;
  out.disposition = tier == nullptr ? asked : granted(*tier, asked);
  if (out.disposition != asked) out.contributions.push_back({Kind::grant, tier_name, out.disposition, true});
  out.withheld_by_exception = out.disposition == Disposition::withhold && !withheld_by_design;
  return out;
}

Result<redaction::Plan> Policy::plan(const Decision& decision, const dictionary::Dictionary& dictionary,
                                     std::span<const redaction::Redaction> redact_also) const {
  std::vector<redaction::Profile> profiles;
  for (const auto& name : decision.profiles) {
    const auto found = document_->profiles.find(name);
    if (found == document_->profiles.end()) {
      return core::fail(core::Code::refused, "policy " + core::quote(document_->name) + " has no profile " +
                                                 core::quote(name) + ", which the decision names");
    }
    profiles.push_back(found->second);
  }
  if (!redact_also.empty()) {
    // `drop` yields to any profile; alone it would be looser than no profile at all.
    const auto undeclared = profiles.empty() ? redaction::Undeclared::refuse : redaction::Undeclared::drop;
    profiles.push_back({"redact_also", undeclared, {redact_also.begin(), redact_also.end()}});
  }
  return redaction::Plan::make(dictionary, profiles);
}

}  // namespace airlock::policy
