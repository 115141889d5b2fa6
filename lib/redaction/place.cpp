#include "redaction/place.hpp"

#include <algorithm>

#include "redaction/judge.hpp"
#include "redaction/truncate.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Placement;
using dictionary::Standing;
using report::Kind;
using report::Token;

/// `<class>-` and 26 characters of base32.
bool is_pseudonym(std::string_view text, dictionary::Class cls) {
  const std::string_view word = dictionary::name(cls);
  if (text.size() != word.size() + 1 + pseudonym_digits || !text.starts_with(word) || text[word.size()] != '-') {
    return false;
  }
  return std::all_of(text.end() - pseudonym_digits, text.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '2' && c <= '7'); });
}

/// Whether the treatment leaves the value as it is, as a value of one of the types that it fits.
bool leaves_unchanged(const Treatment& treatment, const dictionary::Shape& shape, const Token& token) {
  return std::any_of(shape.types.begin(), shape.types.end(), [&](dictionary::Type type) {
    return fits(treatment, type) && dictionary::fits(type, token.kind, token.text, shape.values) &&
           truncated(treatment, token.text) == token.text;
  });
}

Held held_where(const Treatment& treatment, const dictionary::Shape& shape, dictionary::Class cls, const Token& token,
                const Placement& placement) {
  const bool is_declared = placement.standing == Standing::declared;
  const bool is_text = token.kind == Kind::key || token.kind == Kind::string;
  switch (treatment.action) {
    case Action::keep:
      return is_declared ? Held::report : Held::ill_typed;
    case Action::drop:
      return Held::untreated;
    case Action::mask:
      return is_text && token.text == masked ? Held::airlock : Held::untreated;
    case Action::pseudonymise:
      return is_text && is_pseudonym(token.text, cls) ? Held::airlock : Held::untreated;
    default:
      if (is_declared && placement.stands_in) return Held::report;
      return is_declared && leaves_unchanged(treatment, shape, token) ? Held::report : Held::untreated;
  }
}

}  // namespace

Held held_at(const Token& token, const Placement& placement, const dictionary::Dictionary& dictionary,
             const Plan& plan) {
  if (token.closes()) return Held::report;
  switch (placement.standing) {
    case Standing::structure:
      return Held::report;
    case Standing::undeclared:
      return Held::undeclared;
    case Standing::twin:
      return plan.redacts() ? Held::twin : Held::report;
    case Standing::ill_typed:
      // A mask or a pseudonym is not of every type.
      if (token.kind != Kind::string || placement.field == Placement::no_field) return Held::ill_typed;
      break;
    case Standing::declared:
      break;
  }
  const bool is_declared = placement.standing == Standing::declared;
  const dictionary::Field& field = dictionary.fields()[placement.field];
  if (token.kind == Kind::key) {
    // Only a wildcard key is ever declared.
    return held_where(plan.key(placement.field), field.key->shape, field.key->cls, token, placement);
  }
  const Held held =
      held_where(plan.value(placement.field), field.shape, field.cls.value_or(placement.cls), token, placement);
  return held == Held::untreated && !is_declared ? Held::ill_typed : held;
}

}  // namespace airlock::redaction
