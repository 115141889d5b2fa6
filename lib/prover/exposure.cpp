#include "prover/exposure.hpp"

#include <algorithm>

#include "core/text.hpp"

namespace airlock::prover {
namespace {

using core::quote;
using dictionary::Dictionary;
using dictionary::Field;
using redaction::Action;
using redaction::Plan;
using redaction::Treatment;
using redaction::Treatments;

/// Whether a dropped key takes the datum along: the key at its own path, or a key on the way to it.
bool is_below_dropped_key(const Field& field, const Plan& plan, const Dictionary& dictionary) {
  std::size_t end = 0;
  for (const bool is_wildcard : field.is_wildcard) {
    end = std::min(field.path.find('/', end + 1), field.path.size());
    if (!is_wildcard) continue;
    const auto at = dictionary.find(std::string_view(field.path).substr(0, end));
    const auto* key = at && dictionary.fields()[*at].key ? &*dictionary.fields()[*at].key : nullptr;
    for (std::size_t part = 0; key != nullptr && part < key->parts(); ++part) {
      if (weakest(plan.key_part(*at, part), key->part(part).shape) == Action::drop) return true;
    }
  }
  return false;
}

/// Whether nothing about a figure can be computed from what leaves in its place.
bool is_gone(const Treatment& treatment) { return treatment.action >= Action::pseudonymise; }

bool is_suppressed(const Treatment& treatment) { return treatment.action == Action::suppress_below; }

class Relations {
 public:
  Relations(const Plan& plan, const Dictionary& dictionary) : plan_(plan), dictionary_(dictionary) {}

  std::vector<std::string> find() {
    for (std::size_t i = 0; i < dictionary_.fields().size(); ++i) {
      const Field& field = dictionary_.fields()[i];
      if (!field.sum_of.empty()) check_sum(i, dictionary_.find(field.sum_of).value());
      if (!field.delta_of.empty()) check_delta(i, dictionary_.find(field.delta_of).value());
    }
    return std::move(out_);
  }

 private:
  void check_sum(std::size_t total, std::size_t part) {
    if (threshold(part) && stays(total)) {
      say(part, "is the total " + path(total) + " less the other parts", total);
    }
    if (const auto below = threshold(total); below && stays(part) && !suppresses_up_to(part, *below)) {
      say(total, "is the sum of all " + path(part), part);
    }
  }

  void check_delta(std::size_t growth, std::size_t figure) {
    if (threshold(growth) && stays(figure)) {
      say(growth, "is how much " + path(figure) + " grows from one report to the next", figure);
    }
    if (const auto below = threshold(figure); below && stays(growth) && !suppresses_up_to(growth, *below)) {
      say(figure, "is the sum of " + path(growth) + " in all reports", growth);
    }
  }

  void say(std::size_t hidden, const std::string& why, std::size_t by) {
    out_.push_back(path(hidden) + " is suppressed below " + std::to_string(threshold(hidden).value_or(0)) +
                   ", but it " + why + ", to which `" + redaction::describe(plan_.value(by)) + "` applies");
  }

  /// Whether something that depends on the figure leaves.
  [[nodiscard]] bool stays(std::size_t field) const {
    return any(field, [](const Treatment& each) { return !is_gone(each); }) &&
           !is_below_dropped_key(dictionary_.fields()[field], plan_, dictionary_);
  }
  /// Below which number some of the field's figures are suppressed; nothing if none are.
  [[nodiscard]] std::optional<std::int64_t> threshold(std::size_t field) const {
    std::optional<std::int64_t> out;
    (void)any(field, [&](const Treatment& each) {
      if (is_suppressed(each)) out = std::max(out, std::optional(each.threshold));
      return false;
    });
    return out;
  }
  /// Whether every figure of the field below `threshold` is suppressed.
  [[nodiscard]] bool suppresses_up_to(std::size_t field, std::int64_t threshold) const {
    return !any(field, [&](const Treatment& each) {
      return !is_gone(each) && !(is_suppressed(each) && each.threshold >= threshold);
    });
  }
  /// Whether the predicate holds for the treatment of figures of any of the field's types.
  template <typename Predicate>
  [[nodiscard]] bool any(std::size_t field, Predicate predicate) const {
    const auto& types = dictionary_.fields()[field].shape.types;
    return std::any_of(types.begin(), types.end(),
                       [&](dictionary::Type type) { return predicate(plan_.value(field).of(type)); });
  }
  [[nodiscard]] std::string path(std::size_t field) const { return quote(dictionary_.fields()[field].path); }

  const Plan& plan_;
  const Dictionary& dictionary_;
  std::vector<std::string> out_;
};

}  // namespace

std::string in_words(const DeclaredDatum& datum, const Dictionary& dictionary) {
  const Field& field = dictionary.fields()[datum.field];
  if (!datum.of_key) return quote(field.path);
  return quote(field.path) +
         (field.key->is_pattern() ? " (" + quote(field.key->part(datum.part).name) + " in the key)" : " (the key)");
}

std::vector<DeclaredDatum> data_of(const Dictionary& dictionary) {
  std::vector<DeclaredDatum> out;
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    const Field& field = dictionary.fields()[i];
    for (std::size_t part = 0; field.key && part < field.key->parts(); ++part) out.push_back({i, true, part});
    if (field.cls) out.push_back({i, false});
  }
  return out;
}

dictionary::Class class_of(const DeclaredDatum& datum, const Dictionary& dictionary) {
  const Field& field = dictionary.fields()[datum.field];
  return datum.of_key ? field.key->part(datum.part).cls : *field.cls;
}

const Treatments& treatments_of(const DeclaredDatum& datum, const Plan& plan) {
  return datum.of_key ? plan.key_part(datum.field, datum.part) : plan.value(datum.field);
}

bool leaves(const DeclaredDatum& datum, const Plan& plan, const Dictionary& dictionary) {
  const Field& field = dictionary.fields()[datum.field];
  const dictionary::Shape& shape = datum.of_key ? field.key->part(datum.part).shape : field.shape;
  if (weakest(treatments_of(datum, plan), shape) >= Action::mask) return false;
  return !is_below_dropped_key(field, plan, dictionary);
}

bool may_tell(const DeclaredDatum& datum, dictionary::Class cls, const Dictionary& dictionary) {
  if (class_of(datum, dictionary) == cls) return true;
  const Field& field = dictionary.fields()[datum.field];
  const auto& types = field.shape.types;
  const bool is_opaque = std::find(types.begin(), types.end(), dictionary::Type::opaque) != types.end();
  if (datum.of_key || !is_opaque) return false;
  return field.holds.empty() || std::find(field.holds.begin(), field.holds.end(), cls) != field.holds.end();
}

bool leaves(const DeclaredDatum& datum, dictionary::Class cls, const Plan& plan, const Dictionary& dictionary) {
  if (!may_tell(datum, cls, dictionary) || !leaves(datum, plan, dictionary)) return false;
  return class_of(datum, dictionary) == cls ||
         treatments_of(datum, plan).of(dictionary::Type::opaque).action == Action::keep;
}

std::vector<std::string> undone_suppressions(const Plan& plan, const Dictionary& dictionary) {
  return Relations(plan, dictionary).find();
}

}  // namespace airlock::prover
