#include "redaction/judge.hpp"

#include <vector>

#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "redaction/pseudonym.hpp"
#include "redaction/truncate.hpp"

namespace airlock::redaction {

using dictionary::Placement;
using dictionary::TokenStatus;
using report::Token;
using report::TokenKind;

namespace {

std::string_view word_for(const Token& token) { return token.kind == TokenKind::key ? "key" : "value"; }

// Most tokens have one of these judgements, so they are not made anew.
constexpr Judgement as_kept{};
constexpr Judgement as_dropped_key{Edit::drop, "key", Action::drop, {}};
constexpr Judgement as_dropped_value{Edit::drop, "value", Action::drop, {}};
constexpr Judgement as_suppressed_key{Edit::drop, "key", Action::suppress_below, {}};
constexpr Judgement as_suppressed_value{Edit::drop, "value", Action::suppress_below, {}};
constexpr Judgement as_dropped_undeclared{Edit::drop, "undeclared", Action::drop, {}};
constexpr Judgement as_dropped_ill_typed{Edit::drop, "ill_typed", Action::drop, {}};
constexpr Judgement as_dropped_twin{Edit::drop, "twin", Action::drop, {}};

}  // namespace

const Judgement& Judge::replace(const Token& token, Action action, std::string text, bool is_number) {
  written_ = std::move(text);
  replaced_ = {Edit::replace, word_for(token), action, written_, is_number};
  return replaced_;
}

const Judgement& Judge::treat(const Treatment& treatment, const Token& token, const Placement& placement) {
  const bool is_key = token.kind == TokenKind::key;
  const Judgement& drop = is_key ? as_dropped_key : as_dropped_value;
  const bool has_text = is_key || token.is_scalar();
  switch (treatment.action) {
    case Action::keep:
      return as_kept;
    case Action::drop:
      return drop;
    case Action::mask:
      return has_text && fits(treatment, placement.type) ? replace(token, Action::mask, std::string(masked)) : drop;
    case Action::pseudonymise:
      if (!has_text || !fits(treatment, placement.type)) return drop;
      return replace(token, Action::pseudonymise,
                     pseudonym(keyed_, placement.cls, dictionary_.fields()[placement.field].path, token.text));
    default:
      break;
  }
  if (placement.stands_in) return as_kept;  // there is no value to round or suppress
  if (!fits(treatment, placement.type)) return drop;
  auto rest = truncated(treatment, placement.type, token.text);
  if (!rest && treatment.action == Action::suppress_below) return is_key ? as_suppressed_key : as_suppressed_value;
  if (!rest) return drop;
  if (*rest == token.text) return as_kept;
  // The result must again have the declared type. 9223372036854775807 rounded up to a multiple of 10 does not.
  if (!dictionary::fits(placement.type, token.kind, *rest, {})) return drop;
  return replace(token, treatment.action, std::move(*rest), token.kind == TokenKind::number);
}

/// Replaces the parts of a key that has a pattern. What is written must again be a key of this pattern.
const Judgement& Judge::treat_parts(const Token& token, const Placement& placement) {
  if (plan_.key(placement.field).keep_all()) return as_kept;
  const dictionary::Field& field = dictionary_.fields()[placement.field];
  const auto parts = dictionary::cut(*field.key, token.text);
  if (!parts) return as_dropped_key;
  std::vector<std::string> written;
  bool stays = true;
  for (std::size_t i = 0; i < field.key->parts(); ++i) {
    const dictionary::KeyPart& part = field.key->part(i);
    const auto type = dictionary::first_fit(part.shape, TokenKind::key, (*parts)[i]);
    if (!type) return as_dropped_key;
    const Treatment& treatment = plan_.key_part(placement.field, i).of(*type);
    if (treatment.action == Action::keep) {
      written.emplace_back((*parts)[i]);
      continue;
    }
    if (treatment.action != Action::pseudonymise || !fits(treatment, *type)) return as_dropped_key;
    written.push_back(pseudonym(keyed_, part.cls, field.path, (*parts)[i]));
    stays = false;
  }
  if (stays) return as_kept;
  std::string key = dictionary::joined(*field.key, written);
  if (!dictionary_.is_key_at(placement.place, key)) return as_dropped_key;
  return replace(token, Action::pseudonymise, std::move(key));
}

const Judgement& Judge::judge(const Token& token, const Placement& placement) {
  if (token.closes()) return as_kept;
  switch (placement.status) {
    case TokenStatus::structure:
      return as_kept;
    case TokenStatus::undeclared:
      return as_dropped_undeclared;
    case TokenStatus::ill_typed:
      return as_dropped_ill_typed;
    case TokenStatus::twin:
      return plan_.redacts() ? as_dropped_twin : as_kept;
    case TokenStatus::declared:
      break;
  }
  const bool is_key = token.kind == TokenKind::key;
  if (is_key && dictionary_.fields()[placement.field].key->is_pattern()) return treat_parts(token, placement);
  const Treatments& treatments = is_key ? plan_.key(placement.field) : plan_.value(placement.field);
  return treat(placement.stands_in ? treatments.base : treatments.of(placement.type), token, placement);
}

}  // namespace airlock::redaction
