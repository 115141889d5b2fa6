#include "redaction/judge.hpp"

#include "dictionary/fits.hpp"
#include "redaction/pseudonym.hpp"
#include "redaction/truncate.hpp"

namespace airlock::redaction {

using dictionary::Placement;
using dictionary::TokenStatus;
using report::Token;
using report::TokenKind;

Judgement Judge::treat(const Treatment& treatment, const Token& token, const Placement& placement) {
  const std::string_view what = token.kind == TokenKind::key ? "key" : "value";
  const Judgement drop{Edit::drop, what, Action::drop, {}};
  const bool has_text = token.kind == TokenKind::key || token.is_scalar();
  switch (treatment.action) {
    case Action::keep:
      return {};
    case Action::drop:
      return drop;
    case Action::mask:
      return has_text ? Judgement{Edit::replace, what, Action::mask, masked} : drop;
    case Action::pseudonymise:
      if (!has_text) return drop;
      written_ = pseudonym(keyed_, placement.cls, dictionary_.fields()[placement.field].path, token.text);
      return {Edit::replace, what, Action::pseudonymise, written_};
    default:
      break;
  }
  if (placement.stands_in) return {};  // there is no value to round or suppress
  if (!fits(treatment, placement.type)) return drop;
  auto rest = truncated(treatment, token.text);
  if (!rest && treatment.action == Action::suppress_below) return {Edit::drop, what, treatment.action, {}};
  if (!rest) return drop;
  if (*rest == token.text) return {};
  // The result must again have the declared type. 9223372036854775807 rounded up to a multiple of 10 does not.
  if (!dictionary::fits(placement.type, token.kind, *rest, {})) return drop;
  written_ = std::move(*rest);
  return {Edit::replace, what, treatment.action, written_, token.kind == TokenKind::number};
}

Judgement Judge::judge(const Token& token, const Placement& placement) {
  if (token.closes()) return {};
  switch (placement.status) {
    case TokenStatus::structure:
      return {};
    case TokenStatus::undeclared:
      return {Edit::drop, "undeclared", Action::drop, {}};
    case TokenStatus::ill_typed:
      return {Edit::drop, "ill_typed", Action::drop, {}};
    case TokenStatus::twin:
      if (!plan_.redacts()) return {};
      return {Edit::drop, "twin", Action::drop, {}};
    case TokenStatus::declared:
      break;
  }
  const bool is_key = token.kind == TokenKind::key;
  return treat(is_key ? plan_.key(placement.field) : plan_.value(placement.field), token, placement);
}

}  // namespace airlock::redaction
