#include "site/known_terms.hpp"

#include <algorithm>

#include "core/nearest.hpp"
#include "core/text.hpp"
#include "dictionary/limited_field.hpp"

namespace airlock::site {
namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::vector<UnknownTerm> unknown_terms(const licence::Licence& licence, const policy::Policy& policy,
                                       const dictionary::Dictionary& dictionary) {
  std::vector<UnknownTerm> out;
  const auto add = [&](const char* kind, const std::string& name, std::string why,
                       const std::vector<std::string>& known) {
    out.push_back({std::string(kind) + " " + core::quote(name), std::move(why), core::nearest(name, known)});
  };
  if (const auto tiers = policy.tiers(); !contains(tiers, licence.tier)) {
    add("tier", licence.tier, "is not in the policy", tiers);
  }
  const auto entitlements = policy.entitlements();
  for (const std::string& each : licence.entitlements) {
    if (!contains(entitlements, each)) add("entitlement", each, "is not in the policy", entitlements);
  }
  for (const auto& [limit, most] : licence.limits) {
    dictionary::LimitedField field = dictionary::limited_field(dictionary, limit);
    if (field.path.empty()) add("limit", limit, std::move(field.problem), dictionary::names_for_limits(dictionary));
  }
  return out;
}

std::vector<std::string> unknown_terms_in_words(const licence::Licence& licence, const Kit& kit) {
  std::vector<std::string> out;
  for (const UnknownTerm& term : unknown_terms(licence, kit.policy, kit.dictionary)) {
    out.push_back(term.what + " of licence " + core::quote(licence.serial) + " " + term.why + " (kit number " +
                  std::to_string(kit.number) + ")" +
                  (term.nearest.empty() ? "" : "; the nearest that it knows is " + core::quote(term.nearest)));
  }
  return out;
}

}  // namespace airlock::site
