#include "prover/check.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <span>

#include "core/json.hpp"
#include "core/text.hpp"
#include "policy/decide.hpp"
#include "policy/names.hpp"
#include "prover/exposure.hpp"
#include "prover/idle.hpp"
#include "prover/show.hpp"
#include "prover/space.hpp"

namespace airlock::prover {
namespace {

using core::quote;
using core::Result;
using dictionary::Dictionary;
using policy::Claim;
using policy::contains;
using policy::Contribution;
using policy::Decision;
using policy::DecisionFacts;
using policy::Disposition;
using policy::Policy;
using policy::PolicyDocument;
using policy::Rule;
using redaction::Plan;

using Names = std::vector<std::string>;

/// The most sets of profiles for which a plan is made.
constexpr std::size_t plans_limit = 10'000;

/// Makes the plan of each set of profiles once.
class Plans {
 public:
  Plans(const Policy& policy, const Dictionary& dictionary) : policy_(policy), dictionary_(dictionary) {}

  const Plan& of(const Decision& decision) {
    const auto at = plans_.find(decision.profiles);
    if (at != plans_.end()) return at->second;
    // Parsing has checked that every set of profiles has a plan.
    return plans_.emplace(decision.profiles, policy_.plan(decision, dictionary_).value()).first->second;
  }
  /// The first datum that leaves under the decision's profiles and tells something of the class.
  std::optional<DeclaredDatum> first_leaving(const Decision& decision, dictionary::Class cls) {
    const auto [at, is_new] = leaving_.try_emplace({decision.profiles, cls});
    if (!is_new) return at->second;
    const Plan& plan = of(decision);
    for (const DeclaredDatum& datum : data_of(dictionary_)) {
      if (!leaves(datum, cls, plan, dictionary_)) continue;
      at->second = datum;
      break;
    }
    return at->second;
  }
  [[nodiscard]] const std::map<Names, Plan>& all() const { return plans_; }

 private:
  const Policy& policy_;
  const Dictionary& dictionary_;
  std::map<Names, Plan> plans_;
  std::map<std::pair<Names, dictionary::Class>, std::optional<DeclaredDatum>> leaving_;
};

class Checker {
 public:
  Checker(const Policy& policy, const Dictionary& dictionary, core::ProgressSink& progress)
      : policy_(policy),
        document_(policy.document()),
        dictionary_(dictionary),
        progress_(progress),
        plans_(policy, dictionary) {}

  Result<CheckReport> run() {
    const std::array documents{&document_};
    AIRLOCK_TRY(const Space space, Space::of(documents, dictionary_.events(), Claims::matter));
    out_.combinations = space.size();
    out_.tiers = space.tier_count();
    out_.entitlement_sets = space.entitlement_set_count();
    out_.kit_ages = space.kit_age_count();
    out_.events = space.events().size();
    out_.fields = data_of(dictionary_).size();
    for (const Claim& claim : document_.claims) out_.claims.push_back({claim.id, statement_of(claim), 0, {}, {}});
    std::uint64_t groups = 0;
    for (const Group& group : space.groups()) {
      AIRLOCK_CHECK(look_at(group));
      progress_.show("groups of combinations evaluated", ++groups, space.groups().size());
    }
    look_at_floors(space);
    for (const auto& [profiles, plan] : plans_.all()) find_undone(profiles, plan);
    find_vacuous_claims();
    find_idle_rules(space);
    find_unused_profiles();
    for (const auto& [tier_name, tier] : document_.tiers) {
      if (!reached_.contains(tier_name)) {
        add(PolicyFinding::Kind::overruled_tier, "tier " + quote(tier_name) + " never gets " +
                                                     quote(name(tier.disposition)) +
                                                     ", its own disposition: something stricter always applies");
      }
    }
    find_fallbacks();
    out_.plans = plans_.all().size();
    return std::move(out_);
  }

 private:
  void add(PolicyFinding::Kind kind, std::string text) { out_.findings.push_back({kind, std::move(text)}); }

  /// Looks at a group without floors. A floor only makes decisions stricter: if nothing of a class leaves here, nothing
  /// of it leaves with a floor, and the same holds for suppressed figures that can be computed.
  Result<void> look_at(const Group& group) {
    const DecisionFacts& facts = group.first;
    const Decision decision = policy_.decide(facts);
    if (decision.disposition != Disposition::withhold) plans_.of(decision);
    if (plans_.all().size() > plans_limit) {
      return core::fail(core::Code::refused,
                        "the policy combines its profiles in more than " + std::to_string(plans_limit) + " ways",
                        "use entitlements in fewer of the rules that add profiles");
    }
    if (facts.tier && decision.contributions.front().kind == Contribution::Kind::tier) {
      const auto tier = document_.tiers.find(*facts.tier);
      if (tier->second.disposition == decision.disposition) reached_.insert(*facts.tier);
    }
    for (std::size_t i = 0; i < document_.claims.size(); ++i) {
      const Claim& claim = document_.claims[i];
      if (!matches(claim.where, facts)) continue;
      out_.claims[i].combinations += group.size * Space::variants().size();
      if (!out_.claims[i].counter_example) hold(claim, facts, decision, out_.claims[i]);
    }
    return {};
  }

  /// Looks for dispositions that only floors, or the site's own redactions, lead to.
  void look_at_floors(const Space& space) {
    for (const auto& variant : std::span(Space::variants()).subspan(1)) {
      for (const DecisionFacts& first : space.coarse()) {
        const DecisionFacts facts = variant.of(first);
        std::optional<Decision> decision;
        for (std::size_t i = 0; i < document_.claims.size(); ++i) {
          const Claim& claim = document_.claims[i];
          if (claim.cls || out_.claims[i].counter_example || !matches(claim.where, facts)) continue;
          if (!decision) decision = policy_.decide(facts);
          hold(claim, facts, *decision, out_.claims[i]);
        }
      }
    }
  }

  /// Compares a claim with one decision.
  void hold(const Claim& claim, const DecisionFacts& facts, const Decision& decision, ClaimResult& result) {
    const std::string decided = in_words(facts) + ": the decision is " + quote(name(decision.disposition));
    if (!claim.cls) {
      if (!contains(claim.never, decision.disposition)) return;
      result.why = decided;
      result.counter_example = example(claim, facts, decision, std::nullopt);
      return;
    }
    if (decision.disposition == Disposition::withhold) return;
    const auto datum = plans_.first_leaving(decision, *claim.cls);
    if (!datum) return;
    const bool is_of_class = class_of(*datum, dictionary_) == *claim.cls;
    result.why =
        decided + ", and " + in_words(*datum, dictionary_) +
        (is_of_class
             ? " leaves: its treatment is " + quote(redaction::describe(treatments_of(*datum, plans_.of(decision))))
             : " leaves whole: it is `opaque` and may hold something of class " + quote(dictionary::name(*claim.cls)));
    result.counter_example = example(claim, facts, decision, datum);
  }

  Case example(const Claim& claim, const DecisionFacts& facts, const Decision& decision,
               std::optional<DeclaredDatum> datum) {
    Case out{.name = "counter-example-to-" + claim.id,
             .about = "what the policy decides, against its claim " + claim.id,
             .facts = facts,
             .redact_also = {},
             .redact_also_text = {},
             .expect = {}};
    if (facts.redacts_also) {
      // Any redaction will do: every dictionary declares a value, and every value can be dropped.
      const auto& fields = dictionary_.fields();
      const auto value = std::find_if(fields.begin(), fields.end(), [](const auto& field) { return field.cls; });
      out.redact_also_text = core::to_text(core::Json::array({{{"path", value->path}, {"do", "drop"}}}));
    }
    out.expect.disposition = decision.disposition;
    out.expect.rules = decision.rules;
    out.expect.profiles = decision.profiles;
    if (datum) {
      out.expect.treatments.push_back({dictionary_.fields()[datum->field].path, datum->of_key,
                                       redaction::describe(datum->of_key ? plans_.of(decision).key(datum->field)
                                                                         : plans_.of(decision).value(datum->field))});
    }
    return out;
  }

  void find_undone(const Names& profiles, const Plan& plan) {
    for (const auto& text : undone_suppressions(plan, dictionary_)) {
      if (!undone_.insert(text).second) continue;
      std::string under;
      for (const auto& each : profiles) under += (under.empty() ? "" : ", ") + quote(each);
      add(PolicyFinding::Kind::undone_suppression, "under " + (under.empty() ? "no profile" : under) + ": " + text);
    }
  }

  void find_vacuous_claims() {
    const auto data = data_of(dictionary_);
    for (std::size_t i = 0; i < document_.claims.size(); ++i) {
      const Claim& claim = document_.claims[i];
      const bool has_data = !claim.cls || std::any_of(data.begin(), data.end(), [&](const DeclaredDatum& datum) {
        return may_tell(datum, *claim.cls, dictionary_);
      });
      if (!has_data) {
        add(PolicyFinding::Kind::vacuous_claim, "claim " + quote(claim.id) +
                                                    " proves nothing: the dictionary has no field of class " +
                                                    quote(dictionary::name(*claim.cls)));
      } else if (out_.claims[i].combinations == 0) {
        add(PolicyFinding::Kind::vacuous_claim,
            "claim " + quote(claim.id) + " proves nothing: it applies to no combination");
      }
    }
  }

  /// Whether two decisions have the same effect on a report.
  bool have_equal_effect(const Decision& a, const Decision& b) {
    if (a.disposition != b.disposition || a.withheld_by_exception != b.withheld_by_exception) return false;
    return a.disposition == Disposition::withhold || a.profiles == b.profiles || plans_.of(a).treats_like(plans_.of(b));
  }

  /// Floors only hide what a rule does, so it is enough to look at facts without floors.
  void find_idle_rules(const Space& space) {
    for (std::size_t i = 0; i < document_.rules.size(); ++i) {
      const Rule& rule = document_.rules[i];
      const Use use = use_of(space, i, [&](const DecisionFacts& facts) {
        return !have_equal_effect(policy_.decide(facts), decide(document_, facts, &rule));
      });
      if (use == Use::no_match) {
        add(PolicyFinding::Kind::rule_without_match, "rule " + quote(rule.id) + " matches no combination");
      } else if (use == Use::no_effect) {
        add(PolicyFinding::Kind::rule_without_effect,
            "rule " + quote(rule.id) + " never matters: all decisions would be the same without it");
      }
    }
  }

  void find_unused_profiles() {
    std::set<std::string> used;
    const auto use = [&](const Names& names) {
      for (std::string at : names) {
        while (used.insert(at).second && document_.extends.contains(at)) at = document_.extends.at(at);
      }
    };
    for (const auto& [tier_name, tier] : document_.tiers) use(tier.profiles);
    for (const Rule& rule : document_.rules) use(rule.profiles);
    for (const auto& [profile_name, profile] : document_.profiles) {
      if (used.contains(profile_name)) continue;
      add(PolicyFinding::Kind::unused_profile, "profile " + quote(profile_name) + " is used by no tier and no rule");
    }
  }

  void find_fallbacks() {
    std::set<std::string> seen;  // one text for each redaction, however many profiles extend its profile
    for (const auto& [profile_name, profile] : document_.profiles) {
      const auto plan = Plan::make(dictionary_, std::array{profile});
      if (!plan) continue;  // cannot happen: parsing has made this plan
      for (const DeclaredDatum& datum : data_of(dictionary_)) {
        for (const auto& reason : datum.of_key ? plan->key_reasons(datum.field) : plan->value_reasons(datum.field)) {
          if (reason.part != datum.part || (!reason.fell_back && reason.unfit.empty())) continue;
          const auto& redaction = plan->redactions()[reason.redaction];
          std::string types;
          for (const auto type : reason.unfit) types += (types.empty() ? "" : ", ") + quote(dictionary::name(type));
          const std::string text = redaction.place + ": " + quote(redaction::describe(redaction.treatment)) +
                                   " does not fit " + (types.empty() ? "" : "values of type " + types + " at ") +
                                   in_words(datum, dictionary_) + ", which " + (types.empty() ? "is" : "are") +
                                   " dropped";
          if (seen.insert(text).second) add(PolicyFinding::Kind::fallback_to_drop, text);
        }
      }
    }
  }

  const Policy& policy_;
  const PolicyDocument& document_;
  const Dictionary& dictionary_;
  core::ProgressSink& progress_;
  Plans plans_;
  CheckReport out_;
  std::set<std::string> reached_;  ///< tiers whose own disposition is decided for some facts
  std::set<std::string> undone_;
};

}  // namespace

std::string_view name(PolicyFinding::Kind kind) {
  static constexpr std::array<std::string_view, 7> names{"undone_suppression",  "vacuous_claim",  "rule_without_match",
                                                         "rule_without_effect", "unused_profile", "overruled_tier",
                                                         "fallback_to_drop"};
  return names.at(static_cast<std::size_t>(kind));
}

bool CheckReport::sound() const {
  return std::none_of(claims.begin(), claims.end(),
                      [](const auto& each) { return each.counter_example.has_value(); }) &&
         std::none_of(findings.begin(), findings.end(),
                      [](const auto& each) { return each.kind == PolicyFinding::Kind::undone_suppression; });
}

Result<CheckReport> check(const Policy& policy, const dictionary::Dictionary& dictionary,
                          core::ProgressSink& progress) {
  return Checker(policy, dictionary, progress).run();
}

}  // namespace airlock::prover
