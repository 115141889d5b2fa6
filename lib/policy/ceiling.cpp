#include "policy/ceiling.hpp"

#include <algorithm>

#include "policy/field_terms.hpp"
#include "redaction/looked_for.hpp"

namespace airlock::policy {
namespace {

using dictionary::Class;
using dictionary::Shape;
using dictionary::Type;

FieldTerms field_terms(const redaction::Treatments& treatments, const Shape& shape, Class cls) {
  FieldTerms out{treatments.base, {}, cls, {}, treatments.by_type};
  for (const Type type : shape.types) {
    const Shape alone{{type}, type == Type::enumeration ? shape.values : std::vector<std::string>{}, false, {}};
    const bool is_looked_for = redaction::looks_for(alone, cls);
    const auto add = [&](std::string take) {
      if (is_looked_for) out.looked_for.insert(take);
      out.takes.push_back(std::move(take));
    };
    if (type != Type::enumeration) {
      add(std::string(dictionary::name(type)));
      continue;
    }
    // The order of an enum's values does not matter.
    std::vector<std::string> values = shape.values;
    std::sort(values.begin(), values.end());
    for (const std::string& value : values) add(std::string(enum_prefix) + value);
  }
  std::vector<std::string> sentinels = shape.sentinels;
  std::sort(sentinels.begin(), sentinels.end());
  for (const std::string& sentinel : sentinels) out.takes.push_back(std::string(sentinel_prefix) + sentinel);
  return out;
}

/// Adds of which classes the values may tell something. Terms of a field without the type `opaque` do not have them:
/// its class says all.
void add_holds(FieldTerms& out, const dictionary::Field& field) {
  const auto& types = field.shape.types;
  if (std::find(types.begin(), types.end(), Type::opaque) == types.end()) return;
  for (std::size_t i = 0; i < dictionary::class_count; ++i) {
    const auto cls = static_cast<Class>(i);
    const bool is_named = std::find(field.holds.begin(), field.holds.end(), cls) != field.holds.end();
    if (cls == *field.cls || is_named || field.holds.empty()) {
      out.takes.push_back(std::string(holds_prefix) + std::string(dictionary::name(cls)));
    }
  }
}

void describe_dictionary(Terms& terms, const dictionary::Dictionary& dictionary) {
  terms.twins = dictionary.twins();
  terms.document = dictionary.document();
  terms.event = dictionary.roles().event;
  terms.period_start = dictionary.roles().period_start;
  terms.period_end = dictionary.roles().period_end;
}

/// Completes the terms of a datum that a release without classes recorded. A datum that it did not record was dropped.
/// Nothing if it recorded other types.
std::optional<FieldTerms> completed(const Fields& recorded, const std::string& path, const Shape& shape, Class cls) {
  const auto found = recorded.find(path);
  if (found == recorded.end()) return field_terms({{.action = redaction::Action::drop}, {}}, shape, cls);
  FieldTerms out = field_terms({found->second.treatment, {}}, shape, cls);
  if (std::set(out.takes.begin(), out.takes.end()) !=
      std::set(found->second.takes.begin(), found->second.takes.end())) {
    return std::nullopt;
  }
  return out;
}

bool has_all(const Fields& all, const Fields& some) {
  return std::all_of(some.begin(), some.end(), [&](const auto& field) { return all.contains(field.first); });
}

}  // namespace

Terms terms_of(Disposition disposition, const redaction::Plan& plan, const dictionary::Dictionary& dictionary) {
  Terms out;
  out.disposition = disposition;
  out.keeps_twins = !plan.redacts();
  out.holds_copies = plan.copies() == redaction::CopiesAre::held;
  describe_dictionary(out, dictionary);
  const auto& fields = dictionary.fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const dictionary::Field& field = fields[i];
    if (field.cls) {
      FieldTerms terms = field_terms(plan.value(i), field.shape, *field.cls);
      add_holds(terms, field);
      out.values.emplace(field.path, std::move(terms));
    }
    for (std::size_t part = 0; field.key && part < field.key->parts(); ++part) {
      const dictionary::KeyPart& declared = field.key->part(part);
      out.keys.emplace(key_term(field, part), field_terms(plan.key_part(i, part), declared.shape, declared.cls));
    }
  }
  return out;
}

bool complete(Terms& terms, const dictionary::Dictionary& dictionary) {
  if (terms.has_classes) return true;
  Terms out = terms;
  out.values.clear();
  out.keys.clear();
  for (const dictionary::Field& field : dictionary.fields()) {
    if (field.cls) {
      auto value = completed(terms.values, field.path, field.shape, *field.cls);
      if (!value) return false;
      out.values.emplace(field.path, std::move(*value));
    }
    for (std::size_t part = 0; field.key && part < field.key->parts(); ++part) {
      const std::string term = key_term(field, part);
      auto key = completed(terms.keys, term, field.key->part(part).shape, field.key->part(part).cls);
      if (!key) return false;
      out.keys.emplace(term, std::move(*key));
    }
  }
  if (!has_all(out.values, terms.values) || !has_all(out.keys, terms.keys)) return false;
  describe_dictionary(out, dictionary);
  out.has_classes = true;
  terms = std::move(out);
  return true;
}

Ceiling first_ceiling(const Ceiling& decisions) {
  Ceiling out = decisions;
  for (auto& [event, terms] : out) terms.disposition = strictest(terms.disposition, Disposition::seal);
  return out;
}

Ceiling lowered(const Ceiling& ceiling, const Ceiling& decisions) {
  Ceiling out = ceiling;
  for (auto& [event, terms] : out) {
    const auto found = decisions.find(event);
    if (found == decisions.end() || !nowhere_looser(found->second, terms)) continue;
    if (found->second.disposition == Disposition::withhold) {
      terms.disposition = Disposition::withhold;
    } else {
      terms = found->second;
    }
  }
  return out;
}

Ceiling with_approvals(const Ceiling& ceiling, const Approvals& approvals) {
  Ceiling out = ceiling;
  for (auto& [event, terms] : out) {
    if (!asks_less(approvals, terms.approvals)) terms.approvals = approvals;
  }
  return out;
}

Ceiling raised(const Ceiling& ceiling, const Ceiling& decisions) {
  Ceiling out = ceiling;
  for (const auto& [event, terms] : decisions) {
    const auto found = ceiling.find(event);
    if (!loosenings(terms, found == ceiling.end() ? nullptr : &found->second).empty()) out[event] = terms;
  }
  return out;
}

}  // namespace airlock::policy
