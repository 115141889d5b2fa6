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

/// Whether the treatment leaves the value unchanged, for at least one type that both fit.
bool leaves_unchanged(const Treatment& treatment, const dictionary::Shape& shape, const Token& token) {
  return std::any_of(shape.types.begin(), shape.types.end(), [&](dictionary::Type type) {
    return fits(treatment, type) && dictionary::fits(type, token.kind, token.text, shape.values) &&
           truncated(treatment, type, token.text) == token.text;
  });
}

Held held_where(const Treatment& treatment, const dictionary::Shape& shape, dictionary::Class cls, const Token& token,
                const Placement& placement) {
  const bool is_declared = placement.status == TokenStatus::declared;
  const bool is_text = token.kind == TokenKind::key || token.kind == TokenKind::string;
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

/// What a key with a pattern holds. If some parts are pseudonyms, it still holds those of the report.
Held held_in_parts(const Token& token, const Placement& placement, const dictionary::KeyDeclaration& key,
                   const Plan& plan) {
  const auto parts = dictionary::cut(key, token.text);
  if (!parts) return Held::ill_typed;
  Held out = Held::airlock;
  for (std::size_t i = 0; i < key.parts(); ++i) {
    const Action action = plan.key_part(placement.field, i).action;
    if (action == Action::keep) {
      out = Held::report;
    } else if (action != Action::pseudonymise || !is_pseudonym((*parts)[i], key.part(i).cls)) {
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
