#include "redaction/place.hpp"

#include <algorithm>

#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "redaction/judge.hpp"
#include "redaction/pseudonym.hpp"
#include "redaction/truncate.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Placement;
using dictionary::TokenStatus;
using report::Token;
using report::TokenKind;

/// Whether a partial treatment leaves the value unchanged, for at least one type that both fit.
bool leaves_unchanged(const Treatments& treatments, const dictionary::Shape& shape, const Token& token) {
  return std::any_of(shape.types.begin(), shape.types.end(), [&](dictionary::Type type) {
    const Treatment& treatment = treatments.of(type);
    return is_partial(treatment.action) && fits(treatment, type) &&
           dictionary::fits(type, token.kind, token.text, shape.values) &&
           truncated(treatment, type, token.text) == token.text;
  });
}

/// Whether Airlock may have written the text instead of a value.
bool is_written(const Treatments& treatments, dictionary::Class cls, const Token& token) {
  if (token.kind != TokenKind::key && token.kind != TokenKind::string) return false;
  return treatments.any([&](const Treatment& each) {
    return (each.action == Action::mask && token.text == masked) ||
           (each.action == Action::pseudonymise && is_pseudonym(token.text, cls));
  });
}

/// `held_at` for a declared or ill-typed value or key. What was written instead of a value may be taken for another
/// type than the value was.
Held held_where(const Treatments& treatments, const dictionary::Shape& shape, dictionary::Class cls, const Token& token,
                const Placement& placement) {
  if (placement.status == TokenStatus::declared) {
    const Treatment& own = placement.stands_in ? treatments.base : treatments.of(placement.type);
    if (own.action == Action::keep || (placement.stands_in && is_partial(own.action))) return Held::report;
    if (leaves_unchanged(treatments, shape, token)) return Held::report;
  }
  return is_written(treatments, cls, token) ? Held::airlock : Held::untreated;
}

/// What a key with a pattern holds. If some parts are pseudonyms, it still holds those of the report.
Held held_in_parts(const Token& token, const Placement& placement, const dictionary::KeyDeclaration& key,
                   const Plan& plan) {
  const auto parts = dictionary::cut(key, token.text);
  if (!parts) return Held::ill_typed;
  Held out = Held::airlock;
  for (std::size_t i = 0; i < key.parts(); ++i) {
    const Treatments& treatments = plan.key_part(placement.field, i);
    const auto type = dictionary::first_fit(key.part(i).shape, TokenKind::key, (*parts)[i]);
    if (!type) return Held::ill_typed;
    // A pseudonym may be taken for another type than what it stands for.
    const bool is_written = treatments.any([&](const Treatment& each) {
      return each.action == Action::pseudonymise;
    }) && is_pseudonym((*parts)[i], key.part(i).cls);
    if (treatments.of(*type).action == Action::keep) {
      out = Held::report;
    } else if (!is_written) {
      return Held::untreated;
    }
  }
  return out;
}

}  // namespace

Held held_at(const Token& token, const Placement& placement, const dictionary::Dictionary& dictionary,
             const Plan& plan) {
  if (token.closes()) return Held::report;
  switch (placement.status) {
    case TokenStatus::structure:
      return Held::report;
    case TokenStatus::undeclared:
      return Held::undeclared;
    case TokenStatus::twin:
      return plan.redacts() ? Held::twin : Held::report;
    case TokenStatus::ill_typed:
      // A mask or a pseudonym is a string, so it may not be of the declared type.
      if (token.kind != TokenKind::string || placement.field == dictionary::no_field) return Held::ill_typed;
      break;
    case TokenStatus::declared:
      break;
  }
  const bool is_declared = placement.status == TokenStatus::declared;
  const dictionary::Field& field = dictionary.fields()[placement.field];
  if (token.kind == TokenKind::key) {
    // Only keys that a `*` or a pattern stands for are declared.
    if (field.key->is_pattern()) return held_in_parts(token, placement, *field.key, plan);
    return held_where(plan.key(placement.field), field.key->shape, field.key->cls, token, placement);
  }
  const Held held =
      held_where(plan.value(placement.field), field.shape, field.cls.value_or(placement.cls), token, placement);
  return held == Held::untreated && !is_declared ? Held::ill_typed : held;
}

}  // namespace airlock::redaction
