#include "policy/decision.hpp"

#include <algorithm>
#include <array>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "policy/names.hpp"

namespace airlock::policy {
namespace {

using core::quote;

constexpr std::array<std::string_view, 4> disposition_names{"send", "redact", "seal", "withhold"};
constexpr std::array<std::string_view, 2> kit_age_names{"current", "stale"};

bool is_declared_missing(const DecisionFacts& facts) {
  return facts.licence == LicenceState::missing && facts.tier == unlicensed_tier;
}

std::string what_happens(Disposition disposition) {
  switch (disposition) {
    case Disposition::send:
      return "the report's exact bytes are sent over HTTPS";
    case Disposition::redact:
      return "the report is redacted and sent over HTTPS";
    case Disposition::seal:
      return "the report is signed and encrypted into a file for hand-over";
    case Disposition::withhold:
      break;
  }
  return "the report is recorded and nothing leaves";
}

std::string made_for(const DecisionFacts& facts) {
  std::string out = "made for " + (facts.tier ? "tier " + quote(*facts.tier) : "no tier") + ", licence " +
                    quote(core::name(facts.licence)) + ", event " + quote(facts.event);
  if (!facts.entitlements.empty()) out += ", entitled to " + listed(facts.entitlements, "none");
  if (facts.kit == KitAge::stale) out += ", under a stale kit";
  return out;
}

/// The sentence up to the disposition that was asked for.
std::string subject(const Contribution& contribution) {
  using Kind = Contribution::Kind;
  const std::string id = quote(contribution.id);
  switch (contribution.kind) {
    case Kind::tier:
      return "tier " + id + " asks for";
    case Kind::otherwise:
      if (contribution.id.empty()) return "there is no tier, so `otherwise` asks for";
      return "tier " + id + " is unknown to the policy, or no readable licence names it, so `otherwise` asks for";
    case Kind::licence_state:
      return "a licence that is " + id + " asks for at least";
    case Kind::rule:
      return "rule " + id + " asks for at least";
    case Kind::floor:
      return "the floor in " + id + " asks for at least";
    case Kind::redactions:
      return "redactions are in force, which makes `send`";
    case Kind::grant:
      break;
  }
  return "tier " + id + " is not granted that; the next stricter disposition that it is granted is";
}

}  // namespace

std::string_view name(Disposition disposition) { return disposition_names[static_cast<std::size_t>(disposition)]; }

std::string_view name(KitAge age) { return kit_age_names[static_cast<std::size_t>(age)]; }

std::optional<KitAge> kit_age_from(std::string_view text) { return core::enum_from<KitAge>(kit_age_names, text); }

std::optional<Disposition> disposition_from(std::string_view text) {
  return core::enum_from<Disposition>(disposition_names, text);
}

bool is_believed(const DecisionFacts& facts) {
  if (facts.licence == LicenceState::missing) return is_declared_missing(facts);
  return facts.licence != LicenceState::invalid;
}

bool is_in_force(const DecisionFacts& facts) {
  return facts.licence == LicenceState::valid || facts.licence == LicenceState::grace || is_declared_missing(facts);
}

std::vector<std::string> explain(const Decision& decision, const DecisionFacts& facts) {
  std::vector<std::string> out;
  out.push_back("the decision is " + quote(name(decision.disposition)) + ": " + what_happens(decision.disposition));
  out.push_back(made_for(facts));
  for (const auto& contribution : decision.contributions) {
    out.push_back(subject(contribution) + " " + quote(name(contribution.at_least)) +
                  (contribution.determines ? ", which determines the decision" : ""));
  }
  if (!decision.profiles.empty()) {
    out.push_back("profiles in force: " + listed(decision.profiles, "none"));
  } else if (decision.disposition != Disposition::withhold) {
    out.emplace_back("no profile is in force: nothing is redacted, and an undeclared value stops the report");
  }
  if (decision.withheld_by_exception) {
    out.emplace_back(
        "it is withheld by exception: no tier, floor or rule without a `licence` or `kit` condition asks for that "
        "(exit code 4)");
  }
  return out;
}

}  // namespace airlock::policy
