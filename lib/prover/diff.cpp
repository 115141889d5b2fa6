#include "prover/diff.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "core/text.hpp"
#include "policy/names.hpp"
#include "prover/exposure.hpp"
#include "prover/space.hpp"

namespace airlock::prover {
namespace {

using core::quote;
using core::Result;
using dictionary::Dictionary;
using policy::contains;
using policy::Decision;
using policy::DecisionFacts;
using policy::Disposition;
using redaction::Action;
using redaction::Plan;
using redaction::Treatments;
using redaction::Undeclared;

using Names = std::vector<std::string>;

/// One datum that differs between two plans.
struct Difference {
  std::string path;
  std::string of;
  std::string cls;
  std::string before;
  std::string after;
  Direction direction;
};

Direction direction_of(const Treatments& before, const Treatments& after) {
  if (redaction::at_least(after, before)) return Direction::stricter;
  return redaction::at_least(before, after) ? Direction::looser : Direction::mixed;
}

struct Differences {
  std::vector<Difference> treatments;
  std::vector<TermChange> terms;
};

/// One of the two rulings, with its plans by profiles.
class Side {
 public:
  explicit Side(const Ruling& ruling) : ruling_(ruling) {}
  const Plan& plan(const Decision& decision) {
    const auto at = plans_.find(decision.profiles);
    if (at != plans_.end()) return at->second;
    return plans_.emplace(decision.profiles, ruling_.policy.plan(decision, ruling_.dictionary).value()).first->second;
  }

 private:
  const Ruling& ruling_;
  std::map<Names, Plan> plans_;
};

class Differ {
 public:
  Differ(const Ruling& before, const Ruling& after)
      : before_(before), after_(after), before_side_(before_), after_side_(after_) {
    for (const auto& field : before_.dictionary.fields()) declared_before_.insert(field.path);
  }

  Result<PolicyDiff> run() {
    Names events = before_.dictionary.events();
    for (const auto& event : after_.dictionary.events()) {
      if (!contains(events, event)) events.push_back(event);
    }
    const std::array documents{&before_.policy.document(), &after_.policy.document()};
    AIRLOCK_TRY(const Space space, Space::of(documents, std::move(events), Claims::do_not_matter));
    out_.combinations = space.size();
    decide_groups(space);
    for (const auto& variant : Space::variants()) compare(space, variant);
    for (auto& [key, change] : dispositions_) out_.dispositions.push_back(std::move(change));
    for (auto& [key, change] : treatments_) out_.treatments.push_back(std::move(change));
    compare_events();
    for (auto& [key, change] : terms_) out_.terms.push_back(std::move(change));
    const auto loosens = [](const auto& change) { return change.direction != Direction::stricter; };
    if (std::any_of(out_.dispositions.begin(), out_.dispositions.end(), loosens)) out_.would_cover.suffices = false;
    return std::move(out_);
  }

 private:
  /// Treatments do not depend on floors. The site's own redactions are the same on both sides and are left out.
  void decide_groups(const Space& space) {
    for (const Group& group : space.groups()) {
      const Decision before = before_.policy.decide(group.first);
      const Decision after = after_.policy.decide(group.first);
      const bool both_disclose =
          before.disposition != Disposition::withhold && after.disposition != Disposition::withhold;
      differences_.push_back(both_disclose ? &differences(before, after) : nullptr);
    }
  }

  void compare(const Space& space, const Space::Variant& variant) {
    std::vector<std::pair<Disposition, Disposition>> decided;
    for (const DecisionFacts& first : space.coarse()) {
      const DecisionFacts facts = variant.of(first);
      decided.emplace_back(before_.policy.decide(facts).disposition, after_.policy.decide(facts).disposition);
    }
    for (std::size_t i = 0; i < space.groups().size(); ++i) {
      const Group& group = space.groups()[i];
      compare(group, variant, decided[group.coarse], differences_[i]);
    }
  }

  void compare(const Group& group, const Space::Variant& variant, const std::pair<Disposition, Disposition>& decided,
               const Differences* differences) {
    const auto [before, after] = decided;
    const std::string tier = group.first.tier.value_or("");
    bool differs = false;
    if (before != after) {
      differs = true;
      auto& change = dispositions_[{tier, before, after}];
      if (change.combinations == 0) {
        change.tier = tier;
        change.before = before;
        change.after = after;
        change.direction = after < before ? Direction::looser : Direction::stricter;
        change.first = in_words(variant.of(group.first));
      }
      change.combinations += group.size;
    }
    if (differences != nullptr && before != Disposition::withhold && after != Disposition::withhold) {
      for (const TermChange& each : differences->terms) {
        differs = true;
        add(each, tier, group.size);
      }
      for (const Difference& each : differences->treatments) {
        differs = true;
        auto& change = treatments_[{each.path, each.of, each.before, each.after}];
        if (change.combinations == 0) {
          change.path = each.path;
          change.of = each.of;
          change.cls = each.cls;
          change.before = each.before;
          change.after = each.after;
          change.direction = each.direction;
        }
        change.combinations += group.size;
        change.tiers.insert(tier);
      }
    }
    if (differs) out_.changed += group.size;
  }

  void add(const TermChange& found, const std::string& tier, std::uint64_t combinations) {
    const auto& difference = found.difference;
    auto& change =
        terms_.try_emplace({difference.what, difference.from, difference.to, found.direction}, found).first->second;
    change.combinations += combinations;
    change.tiers.insert(tier);
  }

  const Differences& differences(const Decision& before, const Decision& after) {
    const auto [at, is_new] = compared_.try_emplace({before.profiles, after.profiles});
    if (is_new) {
      const Plan& plan_before = before_side_.plan(before);
      const Plan& plan_after = after_side_.plan(after);
      at->second.treatments = compare_plans(plan_before, plan_after);
      // Dispositions are compared apart.
      const auto terms_before = policy::terms_of(Disposition::send, plan_before, before_.dictionary);
      const auto terms_after = policy::terms_of(Disposition::send, plan_after, after_.dictionary);
      at->second.terms = term_changes(terms_before, terms_after);
      out_.would_cover.add(policy::would_cover(terms_after, terms_before, declared_before_));
    }
    return at->second;
  }

  /// An event that only the new dictionary declares was never authorised.
  void compare_events() {
    for (const auto& event : after_.dictionary.events()) {
      if (contains(before_.dictionary.events(), event)) continue;
      out_.would_cover.suffices = false;
      out_.terms.push_back({{"the event " + quote(event), "not declared", "declared"}, Direction::looser, "", {}});
    }
    for (const auto& event : before_.dictionary.events()) {
      if (contains(after_.dictionary.events(), event)) continue;
      out_.terms.push_back({{"the event " + quote(event), "declared", "not declared"}, Direction::stricter, "", {}});
    }
  }

  [[nodiscard]] std::vector<Difference> compare_plans(const Plan& before, const Plan& after) const {
    std::vector<Difference> out;
    if (before.undeclared() != after.undeclared()) {
      const auto word = [](const Plan& plan) { return plan.undeclared() == Undeclared::drop ? "drop" : "refuse"; };
      out.push_back({"", "undeclared", "", word(before), word(after),
                     after.undeclared() < before.undeclared() ? Direction::looser : Direction::stricter});
    }
    if (before.copies() != after.copies()) {
      const auto word = [](const Plan& plan) { return plan.copies() == redaction::CopiesAre::held ? "hold" : "drop"; };
      out.push_back({"", "copies", "", word(before), word(after),
                     after.copies() < before.copies() ? Direction::looser : Direction::stricter});
    }
    for (const DeclaredDatum& datum : data_of(after_.dictionary)) {
      const auto& path = after_.dictionary.fields()[datum.field].path;
      const Treatments& now = treatments_of(datum, after);
      const auto was = counterpart(datum, after_.dictionary, before_.dictionary);
      // Undeclared data did not leave.
      const Treatments then = was ? treatments_of(*was, before) : Treatments{{.action = Action::drop}, {}};
      if (then == now) continue;
      out.push_back(
          {path, datum.of_key ? "key" : "value", std::string(dictionary::name(class_of(datum, after_.dictionary))),
           was ? redaction::describe(then) : "undeclared", redaction::describe(now), direction_of(then, now)});
    }
    for (const DeclaredDatum& datum : data_of(before_.dictionary)) {
      const Treatments& then = treatments_of(datum, before);
      if (then == Treatments{{.action = Action::drop}, {}} || counterpart(datum, before_.dictionary, after_.dictionary))
        continue;
      out.push_back({before_.dictionary.fields()[datum.field].path, datum.of_key ? "key" : "value", "",
                     redaction::describe(then), "undeclared", Direction::stricter});
    }
    return out;
  }

  static std::optional<DeclaredDatum> counterpart(const DeclaredDatum& datum, const Dictionary& of,
                                                  const Dictionary& in) {
    const auto at = in.find(of.fields()[datum.field].path);
    if (!at) return std::nullopt;
    const auto& field = in.fields()[*at];
    if (datum.of_key ? !field.key.has_value() : !field.cls.has_value()) return std::nullopt;
    return DeclaredDatum{*at, datum.of_key, datum.part};
  }

  Ruling before_;
  Ruling after_;
  Side before_side_;
  Side after_side_;
  PolicyDiff out_;
  std::map<std::tuple<std::string, Disposition, Disposition>, DispositionChange> dispositions_;
  std::map<std::tuple<std::string, std::string, std::string, std::string>, TreatmentChange> treatments_;
  std::map<std::tuple<std::string, std::string, std::string, Direction>, TermChange> terms_;
  std::set<std::string> declared_before_;
  std::map<std::pair<Names, Names>, Differences> compared_;
  std::vector<const Differences*> differences_;  ///< of each group; null if one side withholds
};

}  // namespace

bool PolicyDiff::gets_looser() const {
  const auto is_looser = [](const auto& change) { return change.direction != Direction::stricter; };
  return std::any_of(dispositions.begin(), dispositions.end(), is_looser) ||
         std::any_of(treatments.begin(), treatments.end(), is_looser) ||
         std::any_of(terms.begin(), terms.end(), is_looser);
}

Result<PolicyDiff> diff(const Ruling& before, const Ruling& after) { return Differ(before, after).run(); }

}  // namespace airlock::prover
