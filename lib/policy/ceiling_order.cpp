#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "policy/ceiling.hpp"
#include "policy/field_terms.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::policy {
namespace {

using core::quote;
using dictionary::Class;
using dictionary::Type;
using redaction::Action;
using redaction::Treatment;

using Loosenings = std::vector<Loosening>;
using Takes = std::vector<std::string>;

template <typename Items>
std::string listed(const Items& items, std::string_view nothing) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + quote(item);
  return out.empty() ? std::string(nothing) : out;
}

std::string class_name(Class cls) { return quote(dictionary::name(cls)); }

// Types, as `FieldTerms::takes` spells them.

bool is_number(std::string_view take) {
  const Type type = type_of(take);
  return type == Type::count || type == Type::integer || type == Type::number;
}

bool is_string(std::string_view take) {
  const Type type = type_of(take);
  return !is_number(take) && type != Type::boolean && type != Type::empty;
}

/// Whether some value may fit both, so that the order in which they are tried matters.
bool overlap(std::string_view a, std::string_view b) {
  return (is_string(a) && is_string(b) && !(is_enum(a) && is_enum(b))) || (is_number(a) && is_number(b));
}

/// Whether the leak scan looks for copies in values of the type.
bool is_searched(std::string_view take) {
  return is_string(take) && type_of(take) != Type::enumeration && type_of(take) != Type::time;
}

bool may_be_email(std::string_view take) {
  const Type type = type_of(take);
  return type == Type::text || type == Type::email || (is_enum(take) && take.find('@') != take.npos);
}

std::size_t position(const Takes& takes, std::string_view take) {
  return static_cast<std::size_t>(std::find(takes.begin(), takes.end(), take) - takes.begin());
}

bool has(const Takes& takes, std::string_view take) { return position(takes, take) < takes.size(); }

// Treatments.

/// What becomes of a value that was taken for this type: what does not fit it drops it.
Treatment effect(const FieldTerms& field, std::string_view take) {
  if (is_sentinel(take) && redaction::is_partial(field.treatment.action)) return {.action = Action::keep};
  return redaction::fits(field.treatment, type_of(take)) ? field.treatment : Treatment{.action = Action::drop};
}

/// Whether it can be seen afterwards of which form the datum was: all that is masked looks alike.
bool shows_form(const Treatment& treatment) {
  return treatment.action != Action::drop && treatment.action != Action::mask;
}

/// Whether copies of the datum are looked for: it is taken out or changed.
bool takes_out(const Treatment& treatment) { return treatment.action != Action::keep; }

bool is_partial(const Treatment& treatment) {
  return takes_out(treatment) && treatment.action != Action::pseudonymise && shows_form(treatment);
}

/// Values or keys of two decisions, compared declaration by declaration.
class FieldOrder {
 public:
  enum class Of : std::uint8_t { value, key };

  FieldOrder(Of of, Loosenings& out) : of_(of), out_(out) {}

  void compare(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      subject_ = subject(path);
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) {
        compare_new(now);
      } else {
        compare_both(path, now, found->second);
      }
    }
    for (const auto& [path, before] : ceiling) {
      if (!takes_out(before.treatment) || decision.contains(path)) continue;
      add(subject(path), redaction::describe(before.treatment) + ", class " + class_name(before.cls), "not declared");
    }
  }

  /// Where one side lists only what it does not drop, and no class.
  void compare_without_classes(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      subject_ = subject(path);
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) {
        if (now.treatment.action != Action::drop) {
          add(subject_, "dropped or not declared", redaction::describe(now.treatment));
        }
        continue;
      }
      const FieldTerms& before = found->second;
      compare_treatments(now, before);
      const bool gains =
          std::any_of(now.takes.begin(), now.takes.end(), [&](const auto& take) { return !has(before.takes, take); });
      if (shows_form(now.treatment) && gains) add_forms(now, before);
    }
  }

 private:
  void add(std::string what, std::string from, std::string to) {
    out_.push_back({std::move(what), std::move(from), std::move(to)});
  }
  [[nodiscard]] std::string subject(std::string_view path) const {
    return std::string(of_ == Of::value ? "the value of " : "the key of ") + quote(path);
  }
  void add_forms(const FieldTerms& now, const FieldTerms& before) {
    add("what may stand for " + subject_, listed(before.takes, "nothing"), listed(now.takes, "nothing"));
  }

  /// What is not declared does not leave; but an e-mail address in it is looked for as if it were of class `person`.
  void compare_new(const FieldTerms& now) {
    if (now.treatment.action != Action::drop) {
      add(subject_, "not declared", redaction::describe(now.treatment));
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

  void compare_both(std::string_view path, const FieldTerms& now, const FieldTerms& before) {
    // Classes have two ranks: copies of the one are looked for anywhere, of the other only as a whole in a place of the
    // same class.
    if (redaction::is_tell_tale(before.cls) && !redaction::is_tell_tale(now.cls)) {
      add("the class of " + (of_ == Of::value ? quote(path) : subject_), class_name(before.cls), class_name(now.cls));
    }
    compare_treatments(now, before);
    compare_types(now, before);
  }

  void compare_treatments(const FieldTerms& now, const FieldTerms& before) {
    const Treatment& a = now.treatment;
    const Treatment& b = before.treatment;
    // Members whose keys became equal were dropped together; pseudonyms of different keys differ.
    const bool parts_keys = of_ == Of::key && is_partial(b) && a.action == Action::pseudonymise;
    if (!redaction::at_least(a, b) || parts_keys) add(subject_, redaction::describe(b), redaction::describe(a));
  }

  /// A value is taken for the first type that it fits, and what becomes of it and of its copies depends on that type.
  void compare_types(const FieldTerms& now, const FieldTerms& before) {
    bool other_forms = false;
    std::set<std::string> not_looked_for;
    std::optional<std::string> hidden_email;
    for (const std::string& take : now.takes) {
      const Treatment after = effect(now, take);
      const bool gained = !has(before.takes, take);
      if (gained && shows_form(after)) other_forms = true;
      // What was ill-typed so far was looked for by the field's class, an e-mail address as `person`.
      if (gained && !shows_form(after)) {
        if (is_string(take) && !now.looked_for.contains(take)) not_looked_for.insert(take);
        if (hides_email(now, take)) hidden_email = take;
      }
      for (const std::string& was : before.takes) {
        if (!may_have_been(was, take, now.takes, before.takes)) continue;
        const Treatment former = effect(before, was);
        if (shows_form(after) && redaction::at_least(now.treatment, before.treatment) &&
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

  /// Whether a value that is now taken for the type `take` may so far have been taken for `was`.
  static bool may_have_been(const std::string& was, const std::string& take, const Takes& now, const Takes& before) {
    if (was == take) return true;
    // Values that fit both were taken for the one that was tried first, and now for the one that is.
    return overlap(was, take) && position(before, was) < position(before, take) &&
           position(now, was) > position(now, take);
  }

  Of of_;
  Loosenings& out_;
  std::string subject_;
};

/// Whose steps a decision declares, by the path of the container that they stand in; `` is the report itself.
using Containers = std::map<std::string_view, std::set<std::string_view>>;

void add_steps(std::string_view path, Containers& out) {
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t next = std::min(path.find('/', at + 1), path.size());
    out[path.substr(0, at)].insert(path.substr(at + 1, next - at - 1));
    at = next;
  }
}

/// Which places of a report the declarations speak of. A path says that only together with those around it: a literal
/// step takes a member over from the `*` beside it, a `*` with a key stands for members and one without for elements.
class StructureOrder {
 public:
  StructureOrder(const Terms& decision, const Terms& ceiling, Loosenings& out)
      : now_(decision), before_(ceiling), out_(out) {
    for (const auto* fields : {&now_.values, &now_.keys}) {
      for (const auto& [path, terms] : *fields) add_steps(path, now_steps_);
    }
    for (const auto* fields : {&before_.values, &before_.keys}) {
      for (const auto& [path, terms] : *fields) add_steps(path, before_steps_);
    }
  }

  void compare() {
    for (const auto& [container, steps] : now_steps_) {
      const auto found = before_steps_.find(container);
      if (found == before_steps_.end()) {
        compare_new(container);
      } else {
        compare_steps(container, steps, found->second);
      }
    }
    if (now_.twins != before_.twins) out_.push_back({"which names are twins", in_words(before_), in_words(now_)});
  }

 private:
  static std::string in_words(const Terms& terms) {
    if (terms.twins == dictionary::Twins{}) return "none";
    return "those with " + quote(terms.twins.separator) + " in " + quote(terms.twins.under);
  }

  /// Containers of the dictionary leave with their literal names and the number of their elements, whatever is dropped
  /// in them. Told once for all that stand in one another.
  void compare_new(std::string_view container) {
    const auto parent = container.substr(0, container.rfind('/'));
    if (!before_steps_.contains(parent)) return;
    out_.push_back({"an object or array at " + quote(container),
                    before_.values.contains(container) ? "declared as a value" : "not declared", "kept"});
  }

  void compare_steps(std::string_view container, const std::set<std::string_view>& now,
                     const std::set<std::string_view>& before) {
    const std::string members = std::string(container) + "/*";
    const bool keyed_now = now_.keys.contains(members);
    const bool keyed_before = before_.keys.contains(members);
    if (now.contains("*") && before.contains("*") && keyed_now != keyed_before) {
      const auto what = [](bool keyed) { return keyed ? "members of an object" : "elements of an array"; };
      out_.push_back({"what " + quote(members) + " stands for", what(keyed_before), what(keyed_now)});
    }
    for (const std::string_view step : now) {
      if (step == "*" || before.contains(step)) continue;
      if (keyed_before) add_member(container, step, "one of " + quote(members), "declared by its name");
      if (may_be_twin(before_.twins, container, step)) add_member(container, step, "a twin", "declared by its name");
    }
    for (const std::string_view step : before) {
      if (step == "*" || now.contains(step)) continue;
      if (keyed_now) add_member(container, step, "declared by its name", "one of " + quote(members));
      if (may_be_twin(now_.twins, container, step)) add_member(container, step, "declared by its name", "a twin");
    }
  }

  void add_member(std::string_view container, std::string_view step, std::string from, std::string to) {
    out_.push_back(
        {"the member " + quote(std::string(container) + "/" + std::string(step)), std::move(from), std::move(to)});
  }

  const Terms& now_;
  const Terms& before_;
  Containers now_steps_;
  Containers before_steps_;
  Loosenings& out_;
};

/// Copies of a datum that are looked for only as a whole are so only in places of its class. So two classes must not
/// come apart: one that a datum is of which is taken out, one that a datum is of which is kept.
class ClassOrder {
 public:
  void add(const Fields& decision, const Fields& ceiling) {
    for (const auto& [path, now] : decision) {
      const auto found = ceiling.find(path);
      if (found == ceiling.end()) continue;
      const FieldTerms& before = found->second;
      const std::pair classes{before.cls, now.cls};
      if (takes_out(before.treatment) && !before.looked_for.empty()) taken_out_.emplace(classes, path);
      const bool keeps_text = shows_form(now.treatment) && now.treatment.action != Action::pseudonymise &&
                              std::any_of(now.takes.begin(), now.takes.end(), is_searched);
      if (keeps_text) kept_.emplace(classes, path);
    }
  }

  void compare(Loosenings& out) const {
    for (const auto& [kept, place] : kept_) {
      for (const auto& [taken, source] : taken_out_) {
        if (kept.first != taken.first || kept.second == taken.second) continue;
        const bool place_moved = kept.first != kept.second;
        const auto& [before, now] = place_moved ? kept : taken;
        out.push_back(
            {"the class of " + quote(place_moved ? place : source),
             class_name(before) + ", so that copies of " + quote(source) + " were looked for in " + quote(place),
             class_name(now)});
      }
    }
  }

 private:
  /// A path for each pair of classes, that of the ceiling and that of the decision.
  using Paths = std::map<std::pair<Class, Class>, std::string_view>;
  Paths taken_out_;
  Paths kept_;
};

bool is_at_or_below(std::string_view path, std::string_view container) {
  return path.starts_with(container) && (path.size() == container.size() || path[container.size()] == '/');
}

/// A key that fits no type any more takes its whole member along, and what is in that is looked for no more.
void compare_lost_keys(const Terms& decision, const Terms& ceiling, Loosenings& out) {
  for (const auto& [path, now] : decision.keys) {
    const auto before = ceiling.keys.find(path);
    if (before == ceiling.keys.end() || has(now.takes, dictionary::name(Type::text))) continue;
    const Takes& takes = before->second.takes;
    if (std::all_of(takes.begin(), takes.end(), [&](const auto& take) { return has(now.takes, take); })) continue;
    const auto is_looked_for = [&, key = std::string_view(path)](const auto& field) {
      return is_at_or_below(field.first, key) && takes_out(field.second.treatment) && !field.second.looked_for.empty();
    };
    const bool below = std::any_of(ceiling.values.begin(), ceiling.values.end(), is_looked_for) ||
                       std::any_of(ceiling.keys.begin(), ceiling.keys.end(),
                                   [&](const auto& field) { return field.first != path && is_looked_for(field); });
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
  FieldOrder values(FieldOrder::Of::value, out);
  FieldOrder keys(FieldOrder::Of::key, out);
  if (!decision.has_classes || !ceiling.has_classes) {
    const auto what = [](const Terms& terms) {
      return terms.has_classes ? "known" : "not recorded, by an older release";
    };
    out.push_back({"classes of values and keys", what(ceiling), what(decision)});
    values.compare_without_classes(decision.values, ceiling.values);
    keys.compare_without_classes(decision.keys, ceiling.keys);
    return;
  }
  values.compare(decision.values, ceiling.values);
  keys.compare(decision.keys, ceiling.keys);
  compare_lost_keys(decision, ceiling, out);
  StructureOrder(decision, ceiling, out).compare();
  ClassOrder classes;
  classes.add(decision.values, ceiling.values);
  classes.add(decision.keys, ceiling.keys);
  classes.compare(out);
  compare_role("the value that says the event", decision.event, ceiling.event, out);
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
  compare_data(decision, *ceiling, out);
  if (decision.keeps_twins && !ceiling->keeps_twins) out.push_back({"twins", "dropped", "kept"});
  if (ceiling->holds_copies && !decision.holds_copies) {
    out.push_back({"a report with a copy of what is taken out", "held", "sent on without the copy"});
  }
  return out;
}

}  // namespace airlock::policy
