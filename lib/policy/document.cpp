#include "policy/document.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/ascii.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "policy/limits.hpp"
#include "policy/names.hpp"

namespace airlock::policy {
namespace {

using core::Json;
using core::Members;
using core::quote;

constexpr std::size_t names_limit = 256;  // in one list of a selector

std::string name_in(Members& in, std::string_view member) {
  std::string found = in.text(member);
  if (in.ok() && !core::is_name(found)) in.refuse(member, core::name_rule);
  return found;
}

Disposition disposition_in(Members& in, std::string_view member) {
  const std::string found = in.word(member, {"send", "redact", "seal", "withhold"});
  return disposition_from(found).value_or(Disposition::withhold);
}

/// Reads profiles first, then tiers, which name profiles, then rules and claims, which name both.
class DocumentReader {
 public:
  DocumentReader(std::string_view name, const dictionary::Dictionary& dictionary)
      : name_(name), dictionary_(dictionary) {}

  Result<PolicyDocument> read(const Json& json) {
    Members in(json, name_, "");
    const bool is_second = in.has("format") && *in.any("format") == "airlock-policy/2";
    in.format(is_second ? "airlock-policy/2" : "airlock-policy/1");
    out_.name = in.text("name");
    out_.version = in.text("version");
    const Json* profiles = in.object_if("profiles");
    const Json* tiers = in.object("tiers");
    out_.otherwise = disposition_in(in, "otherwise");
    const Json* rules = in.array_if("rules", rules_limit);
    const Json* claims = in.array_if("claims", claims_limit);
    // In format 1 it is an unknown member.
    if (is_second) {
      out_.entitlements = names_if(in, "entitlements", entitlements_limit,
                                   "an entitlement: it " + std::string(core::name_rule), core::is_name);
    }
    if (in.ok() && out_.otherwise < Disposition::seal) {
      in.refuse("otherwise", "must be `seal` or `withhold`, since nothing is sent unless a tier grants it");
    }
    if (tiers != nullptr && (tiers->empty() || tiers->size() > tiers_limit)) {
      in.refuse("tiers", "must have 1 to " + std::to_string(tiers_limit) + " members");
    }
    AIRLOCK_CHECK(in.finish());
    if (profiles != nullptr) {
      AIRLOCK_TRY(out_.profiles, read_profiles(*profiles, name_, is_second ? 2 : 1, dictionary_, out_.extends));
    }
    AIRLOCK_CHECK(read_tiers(*tiers));
    if (rules != nullptr) AIRLOCK_CHECK(read_rules(*rules));
    if (claims != nullptr) AIRLOCK_CHECK(read_claims(*claims));
    return std::move(out_);
  }

 private:
  Result<void> read_tiers(const Json& tiers) {
    for (const auto& [name, json] : tiers.items()) {
      Members in(json, name_, "/tiers/" + core::pointer_step(name));
      Tier tier;
      if (!core::is_name(name)) in.refuse("", core::name_rule);
      tier.disposition = disposition_in(in, "disposition");
      tier.profiles = profiles_in(in);
      const auto may = in.texts("may", 4);
      for (const auto& text : may) {
        const auto disposition = disposition_from(text);
        if (!disposition) in.refuse("may", quote(text) + " is not a disposition");
        tier.may.insert(disposition.value_or(Disposition::withhold));
      }
      if (in.ok() && !tier.may.contains(tier.disposition)) {
        in.refuse("disposition", quote(policy::name(tier.disposition)) + " is not in the tier's `may`");
      }
      need_redactions(in, "disposition", tier.disposition, tier.profiles);
      AIRLOCK_CHECK(in.finish());
      out_.tiers.emplace(name, std::move(tier));
    }
    return {};
  }

  Result<void> read_rules(const Json& rules) {
    std::set<std::string> ids;
    for (const Json& json : rules) {
      Members in(json, name_, "/rules/" + std::to_string(out_.rules.size()));
      Rule rule;
      rule.id = name_in(in, "id");
      if (!ids.insert(rule.id).second) in.refuse("id", quote(rule.id) + " is the id of two rules");
      rule.when = selector_in(in, "when");
      if (in.has("at_least")) rule.at_least = disposition_in(in, "at_least");
      rule.profiles = profiles_in(in);
      if (!in.has("at_least") && rule.profiles.empty()) in.refuse("", "has neither `at_least` nor `profiles`");
      need_redactions(in, "at_least", rule.at_least, rule.profiles);
      AIRLOCK_CHECK(in.finish());
      out_.rules.push_back(std::move(rule));
    }
    return {};
  }

  Result<void> read_claims(const Json& claims) {
    std::set<std::string> ids;
    for (const Json& json : claims) {
      Members in(json, name_, "/claims/" + std::to_string(ids.size()));
      Claim claim;
      claim.id = name_in(in, "id");
      if (!ids.insert(claim.id).second) in.refuse("id", quote(claim.id) + " is the id of two claims");
      claim.where = selector_in(in, "for");
      for (const auto& text : names_if(in, "never", 4, "a disposition", disposition_from)) {
        claim.never.push_back(disposition_from(text).value_or(Disposition::withhold));
      }
      if (const auto cls = in.text_if("class")) {
        claim.cls = dictionary::class_from(*cls);
        if (!claim.cls) in.refuse("class", quote(*cls) + " is not a class");
      }
      if (in.boolean_if("never_leaves") == false) in.refuse("never_leaves", "must be true");
      if (in.has("class") != in.has("never_leaves") || in.has("class") == in.has("never")) {
        in.refuse("", "must have either `never`, or `class` with `never_leaves`");
      }
      AIRLOCK_CHECK(in.finish());
      out_.claims.push_back(std::move(claim));
    }
    return {};
  }

  Selector selector_in(Members& outer, std::string_view member) {
    Selector out;
    const Json* json = outer.object(member);
    outer.inner(member, [&](Members& in) {
      if (json->empty()) in.refuse("", "must have `tier`, `licence`, `entitlement`, `event` or `kit`");
      out.tiers = names_if(in, "tier", names_limit, "a tier of this policy",
                           [&](const auto& text) { return out_.tiers.contains(text); });
      for (const auto& text : names_if(in, "licence", names_limit, "a licence state", core::licence_state)) {
        out.licences.push_back(core::licence_state(text).value_or(LicenceState::invalid));
      }
      out.entitlements = names_if(in, "entitlement", entitlements_limit,
                                  "an entitlement: it " + std::string(core::name_rule), core::is_name);
      out.events = names_if(in, "event", names_limit, "an event of the dictionary",
                            [&](const auto& text) { return contains(dictionary_.events(), text); });
      for (const auto& text : names_if(in, "kit", 2, "`current` or `stale`", kit_age_from)) {
        out.kits.push_back(kit_age_from(text).value_or(KitAge::stale));
      }
    });
    return out;
  }

  std::vector<std::string> profiles_in(Members& in) {
    return names_if(in, "profiles", profiles_limit, "a profile of this policy",
                    [&](const auto& text) { return out_.profiles.contains(text); });
  }

  /// A tier or rule with `redact` must name a profile that redacts. Otherwise the report would leave whole under the
  /// name `redact`.
  void need_redactions(Members& in, std::string_view member, Disposition asked,
                       const std::vector<std::string>& profiles) const {
    if (!in.ok() || asked != Disposition::redact) return;
    const bool any = std::any_of(profiles.begin(), profiles.end(),
                                 [&](const auto& text) { return redacts(out_.profiles.find(text)->second); });
    if (!any) in.refuse(member, "is `redact`, but no profile named here redacts anything");
  }

  std::string name_;
  const dictionary::Dictionary& dictionary_;
  PolicyDocument out_;
};

}  // namespace

Result<PolicyDocument> read_document(std::string_view text, std::string_view name,
                                     const dictionary::Dictionary& dictionary) {
  AIRLOCK_TRY(const Json json, core::parse_json(text, name, {.bytes = policy_bytes_limit}));
  return DocumentReader(name, dictionary).read(json);
}

}  // namespace airlock::policy
