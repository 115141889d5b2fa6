#include <algorithm>
#include <iterator>
#include <optional>
#include <set>

#include "core/text.hpp"
#include "policy/field_terms.hpp"
#include "policy/names.hpp"
#include "policy/order.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::policy {
namespace {

using core::quote;
using dictionary::Class;
using dictionary::Type;
using redaction::Action;
using redaction::Treatment;
using redaction::Treatments;

using Takes = std::vector<std::string>;

std::string class_name(Class cls) { return quote(dictionary::name(cls)); }

/// Whether some value may fit both types, so that the order in which they are tried matters.
bool overlap(std::string_view a, std::string_view b) {
  return (is_string(a) && is_string(b) && !(is_enum(a) && is_enum(b))) || (is_number(a) && is_number(b));
}

bool may_be_email(std::string_view take) {
  const Type type = type_of(take);
  const bool may_have_at = type == Type::text || type == Type::email || type == Type::locale || type == Type::opaque;
  return (may_have_at && !is_holds(take)) || (is_enum(take) && take.find('@') != take.npos);
}

Takes only_in(const Takes& these, const Takes& others) {
  Takes out;
  std::copy_if(these.begin(), these.end(), std::back_inserter(out),
               [&](const std::string& take) { return !contains(others, take); });
  return out;
}

std::size_t position(const Takes& takes, std::string_view take) {
  return static_cast<std::size_t>(std::find(takes.begin(), takes.end(), take) - takes.begin());
}

bool is_partial(const Treatment& treatment) {
  return takes_out(treatment) && treatment.action != Action::pseudonymise && shows_form(treatment);
}

/// Compares values or keys of two decisions, declaration by declaration.
class FieldOrder {
 public:
  FieldOrder(FieldKind kind, Loosenings& out) : kind_(kind), out_(out) {}

  void compare(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      begin(path);
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) {
        compare_new(now);
      } else {
        compare_both(now, found->second);
      }
    }
    for (const auto& [path, before] : ceiling) {
      if (!takes_out(before) || decision.contains(path)) continue;
      begin(path);
      add(subject_, redaction::describe(treatments_of(before)) + ", class " + class_name(before.cls), "not declared");
    }
  }

  /// For terms of which one side lists only what it does not drop, without classes.
  void compare_without_classes(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      begin(path);
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) {
        if (now.treatment.action != Action::drop) {
          add(subject_, "dropped or not declared", redaction::describe(now.treatment));
        }
        continue;
      }
      const FieldTerms& before = found->second;
      compare_treatments(now, before);
      const bool gains = std::any_of(now.takes.begin(), now.takes.end(),
                                     [&](const auto& take) { return !contains(before.takes, take); });
      if (shows_form(now.treatment) && gains) add_forms(now, before);
    }
  }

 private:
  /// Makes the declaration the one that `add` speaks of.
  void begin(std::string_view path) {
    path_ = path;
    subject_ = in_words(kind_, path);
  }
  void add(std::string what, std::string from, std::string to) {
    out_.push_back({std::move(what), std::move(from), std::move(to), std::string(path_), kind_});
  }
  void add_forms(const FieldTerms& now, const FieldTerms& before) {
    add("what may stand for " + subject_, listed(before.takes, "nothing"), listed(now.takes, "nothing"));
    out_.back().gained = only_in(now.takes, before.takes);
    out_.back().lost = only_in(before.takes, now.takes);
  }

  /// Undeclared data does not leave. But the leak scan looks for e-mail addresses in it as if they were of class
  /// `person`.
  void compare_new(const FieldTerms& now) {
    const Treatments treatments = treatments_of(now);
    if (treatments.any([](const Treatment& each) { return each.action != Action::drop; })) {
      add(subject_, "not declared", redaction::describe(treatments));
      return;
    }
    for (const std::string& take : now.takes) {
      if (hides_email(now, take)) return add_email(now, take);
    }
  }

  static bool hides_email(const FieldTerms& now, const std::string& take) {
    return may_be_email(take) && !(redaction::is_tell_tale(now.cls) && now.looked_for.contains(take));
  }
  void add_email(const FieldTerms& now, const std::string& take) {
    add("an e-mail address as " + subject_, "looked for as " + class_name(Class::person),
        now.looked_for.contains(take) ? "looked for as " + class_name(now.cls) : "not looked for");
  }

  void compare_both(const FieldTerms& now, const FieldTerms& before) {
    // For tell-tale classes the leak scan looks for copies anywhere, for others only as whole values of the same class.
    if (redaction::is_tell_tale(before.cls) && !redaction::is_tell_tale(now.cls)) {
      add("the class of " + (kind_ == FieldKind::value ? quote(path_) : subject_), class_name(before.cls),
          class_name(now.cls));
    }
    compare_treatments(now, before);
    compare_types(now, before);
  }

  void compare_treatments(const FieldTerms& now, const FieldTerms& before) {
    const Treatments a = treatments_of(now);
    const Treatments b = treatments_of(before);
    const auto is_pseudonym = [](const Treatment& each) { return each.action == Action::pseudonymise; };
    // Partial treatments may make keys equal, and members with equal keys are dropped. Pseudonyms of them would differ.
    const bool parts_keys = kind_ == FieldKind::key && b.any(is_partial) && a.any(is_pseudonym);
    if (!redaction::at_least(a, b) || parts_keys) add(subject_, redaction::describe(b), redaction::describe(a));
  }

  /// A value is taken for the first type that it fits. Its treatment and the search for its copies depend on that type.
  void compare_types(const FieldTerms& now, const FieldTerms& before) {
    bool other_forms = false;
    std::set<std::string> not_looked_for;
    std::optional<std::string> hidden_email;
    for (const std::string& take : now.takes) {
      const Treatment after = effect(now, take);
      const bool gained = !contains(before.takes, take);
      if (gained && shows_form(after)) other_forms = true;
      // So far such a value was ill-typed, and the scan looked for it by the class of the field, or as `person` if it
      // is an e-mail address.
      if (gained && !shows_form(after)) {
        if (is_string(take) && !now.looked_for.contains(take)) not_looked_for.insert(take);
        if (hides_email(now, take)) hidden_email = take;
      }
      for (const std::string& was : before.takes) {
        if (!may_have_been(was, take, now.takes, before.takes)) continue;
        const Treatment former = effect(before, was);
        if (shows_form(after) && redaction::at_least(treatments_of(now), treatments_of(before)) &&
            !redaction::at_least(after, former)) {
          other_forms = true;
        }
        if (shows_form(after) && after.action != Action::pseudonymise && is_searched(was) && !is_searched(take)) {
          other_forms = true;
        }
        if (takes_out(former) && before.looked_for.contains(was) && !now.looked_for.contains(take)) {
          not_looked_for.insert(take);
        }
      }
    }
    if (other_forms) add_forms(now, before);
    if (!not_looked_for.empty()) {
      add("what of " + subject_ + " is looked for elsewhere", listed(before.looked_for, "what is of another type"),
          "not " + listed(not_looked_for, "nothing"));
    }
    if (hidden_email) add_email(now, *hidden_email);
  }

  /// Whether a value that is now taken for the type `take` may have been taken for `was` before.
  static bool may_have_been(const std::string& was, const std::string& take, const Takes& now, const Takes& before) {
    if (was == take) return true;
    // A value that fits both was taken for the type that was tried first. Now the other one is tried first.
    return overlap(was, take) && position(before, was) < position(before, take) &&
           position(now, was) > position(now, take);
  }

  FieldKind kind_;
  Loosenings& out_;
  std::string_view path_;
  std::string subject_;
};

}  // namespace

Treatment effect(const FieldTerms& terms, std::string_view take) {
  if (is_sentinel(take)) {
    return redaction::is_partial(terms.treatment.action) ? Treatment{} : terms.treatment;
  }
  const Type type = type_of(take);
  const auto own = terms.by_type.find(type);
  const Treatment& treatment = own == terms.by_type.end() ? terms.treatment : own->second;
  return redaction::fits(treatment, type) ? treatment : Treatment{.action = Action::drop};
}

void compare_fields(FieldKind kind, const Fields& decision, const Fields& ceiling, Loosenings& out) {
  FieldOrder(kind, out).compare(decision, ceiling);
}

void compare_fields_without_classes(FieldKind kind, const Fields& decision, const Fields& ceiling, Loosenings& out) {
  FieldOrder(kind, out).compare_without_classes(decision, ceiling);
}

}  // namespace airlock::policy
