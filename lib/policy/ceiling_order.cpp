#include <algorithm>
#include <map>
#include <set>

#include "core/text.hpp"
#include "policy/field_terms.hpp"
#include "policy/names.hpp"
#include "policy/order.hpp"

namespace airlock::policy {
namespace {

using core::quote;
using dictionary::Class;
using dictionary::Type;
using redaction::Action;

/// The leak scan looks for some copies only as whole values of the same class. So if a datum that is taken out and a
/// datum that is kept had the same class, they must not get different classes: the scan would no longer find the copy.
class ClassOrder {
 public:
  void add(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) continue;
      const FieldTerms& before = found->second;
      const std::pair classes{before.cls, now.cls};
      if (takes_out(before) && !before.looked_for.empty()) taken_out_.emplace(classes, path);
      const FieldTerms& terms = now;  // clang 14 captures no structured bindings
      const bool keeps_text = std::any_of(now.takes.begin(), now.takes.end(), [&](const std::string& take) {
        const auto treatment = effect(terms, take);
        return is_searched(take) && shows_form(treatment) && treatment.action != Action::pseudonymise;
      });
      if (keeps_text) kept_.emplace(classes, path);
    }
  }

  void compare(Loosenings& out) const {
    for (const auto& [kept, place] : kept_) {
      for (const auto& [taken, source] : taken_out_) {
        if (kept.first != taken.first || kept.second == taken.second) continue;
        const bool place_moved = kept.first != kept.second;
        const auto& [before, now] = place_moved ? kept : taken;
        out.push_back({"the class of " + quote(place_moved ? place : source),
                       quote(dictionary::name(before)) + ", so that copies of " + quote(source) +
                           " were looked for in " + quote(place),
                       quote(dictionary::name(now))});
      }
    }
  }

 private:
  /// For each pair of a class in the ceiling and a class in the decision, a path that has them.
  using PathOfClasses = std::map<std::pair<Class, Class>, std::string_view>;
  PathOfClasses taken_out_;
  PathOfClasses kept_;
};

bool is_at_or_below(std::string_view path, std::string_view container) {
  return path.starts_with(container) && (path.size() == container.size() || path[container.size()] == '/');
}

/// If a key no longer fits a type, its whole member is dropped, and the leak scan no longer looks for the values in it.
void compare_lost_keys(const Terms& decision, const Terms& ceiling, Loosenings& out) {
  for (const auto& [path, now] : decision.keys) {
    const auto before = ceiling.keys.find(path);
    if (before == ceiling.keys.end() || contains(now.takes, dictionary::name(Type::text))) continue;
    const auto& takes = before->second.takes;
    const auto& takes_now = now.takes;
    const std::string_view key = path_of_key(path);
    if (std::all_of(takes.begin(), takes.end(), [&](const auto& take) { return contains(takes_now, take); })) continue;
    const auto is_looked_for = [&](const auto& field) {
      return is_at_or_below(field.first, key) && takes_out(field.second) && !field.second.looked_for.empty();
    };
    const bool below = std::any_of(ceiling.values.begin(), ceiling.values.end(), is_looked_for) ||
                       std::any_of(ceiling.keys.begin(), ceiling.keys.end(), [&](const auto& field) {
                         return path_of_key(field.first) != key && is_looked_for(field);
                       });
    if (!below) continue;
    out.push_back({"under which keys values of " + quote(path) + " are looked for elsewhere", listed(takes, "none"),
                   listed(now.takes, "none")});
  }
}

void compare_sets(std::string_view what, const std::set<std::string>& decision, const std::set<std::string>& ceiling,
                  Loosenings& out) {
  for (const std::string& item : decision) {
    if (!ceiling.contains(item)) out.push_back({std::string(what), listed(ceiling, "none"), quote(item)});
  }
}

void compare_role(std::string_view what, const std::string& decision, const std::string& ceiling, Loosenings& out) {
  if (decision.empty() || decision == ceiling) return;
  out.push_back({std::string(what), ceiling.empty() ? "none" : quote(ceiling), quote(decision)});
}

void compare_data(const Terms& decision, const Terms& ceiling, Loosenings& out) {
  if (!decision.has_classes || !ceiling.has_classes) {
    const auto what = [](const Terms& terms) {
      return terms.has_classes ? "known" : "not recorded, by an older release";
    };
    out.push_back({"classes of values and keys", what(ceiling), what(decision)});
    compare_fields_without_classes(FieldKind::value, decision.values, ceiling.values, out);
    compare_fields_without_classes(FieldKind::key, decision.keys, ceiling.keys, out);
    return;
  }
  compare_fields(FieldKind::value, decision.values, ceiling.values, out);
  compare_fields(FieldKind::key, decision.keys, ceiling.keys, out);
  compare_lost_keys(decision, ceiling, out);
  compare_structure(decision, ceiling, out);
  ClassOrder classes;
  classes.add(decision.values, ceiling.values);
  classes.add(decision.keys, ceiling.keys);
  classes.compare(out);
  if (decision.document != ceiling.document) {
    const auto of = [](const Terms& terms) { return "`" + std::string(report::name(terms.document)) + "`"; };
    out.push_back({"what a report is as a whole", of(ceiling), of(decision)});
  }
  compare_role("the value that names the event", decision.event, ceiling.event, out);
  compare_role("the value that begins the period", decision.period_start, ceiling.period_start, out);
  compare_role("the value that ends the period", decision.period_end, ceiling.period_end, out);
}

}  // namespace

std::vector<Loosening> loosenings(const Terms& decision, const Terms* ceiling) {
  Loosenings out;
  if (decision.disposition == Disposition::withhold) return out;
  if (ceiling == nullptr) {
    out.push_back({"the event", "not authorised", quote(name(decision.disposition))});
    return out;
  }
  if (decision == *ceiling && decision.has_classes) return out;
  if (decision.disposition < ceiling->disposition) {
    out.push_back({"the disposition", quote(name(ceiling->disposition)), quote(name(decision.disposition))});
  }
  compare_sets("recipients, by SHA-256 of their keys", decision.recipients, ceiling->recipients, out);
  compare_sets("destinations", decision.destinations, ceiling->destinations, out);
  if (asks_less(decision.approvals, ceiling->approvals)) {
    out.push_back({"approvals that are asked for", in_words(ceiling->approvals), in_words(decision.approvals)});
  }
  compare_data(decision, *ceiling, out);
  compare_words(decision, *ceiling, out);
  if (decision.keeps_twins && !ceiling->keeps_twins) out.push_back({"twins", "dropped", "kept"});
  if (ceiling->holds_copies && !decision.holds_copies) {
    out.push_back({"a report with a copy of a value that is taken out", "held", "leaves without the copy"});
  }
  return out;
}

}  // namespace airlock::policy
