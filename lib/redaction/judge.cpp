#include "redaction/judge.hpp"

#include "core/encoding.hpp"
#include "redaction/filter.hpp"
#include "redaction/truncate.hpp"

namespace airlock::redaction {

using dictionary::Placement;
using dictionary::Standing;
using report::Kind;
using report::Token;

std::string pseudonym(crypto::HmacSha256& keyed, dictionary::Class cls, std::string_view path, std::string_view value) {
  std::string text;
  for (const std::string_view part : {dictionary::name(cls), path, value}) {
    text += core::big_endian_64(part.size());
    text += part;
  }
  const core::Digest digest = keyed(text);
  return std::string(dictionary::name(cls)) + "-" + core::to_base32(digest.view().substr(0, 16));
}

Judgement Judge::treat(const Treatment& treatment, const Token& token, const Placement& placement) {
  const std::string_view what = token.kind == Kind::key ? "key" : "value";
  const Judgement drop{Verdict::drop, what, Action::drop, {}};
  const bool has_text = token.kind == Kind::key || token.is_scalar();
  switch (treatment.action) {
    case Action::keep:
      return {};
    case Action::drop:
      return drop;
    case Action::mask:
      return has_text ? Judgement{Verdict::replace, what, Action::mask, std::string(masked)} : drop;
    case Action::pseudonymise:
      if (!has_text) return drop;
      return {Verdict::replace, what, Action::pseudonymise,
              pseudonym(keyed_, placement.cls, dictionary_.fields()[placement.field].path, token.text)};
    default:
      break;
  }
  if (placement.stands_in) return {};  // there is no value to be rounded or suppressed
  if (!fits(treatment, placement.type)) return drop;
  auto rest = truncated(treatment, token.text);
  if (!rest && treatment.action == Action::suppress_below) return {Verdict::drop, what, treatment.action, {}};
  if (!rest) return drop;
  if (*rest == token.text) return {};
  // What is written must again be what the dictionary declares: 9223372036854775807 has no next multiple of 10.
  if (!dictionary::fits(placement.type, token.kind, *rest, {})) return drop;
  return {Verdict::replace, what, treatment.action, std::move(*rest), token.kind == Kind::number};
}

Judgement Judge::judge(const Token& token, const Placement& placement) {
  if (token.closes()) return {};
  switch (placement.standing) {
    case Standing::structure:
      return {};
    case Standing::undeclared:
      return {Verdict::drop, "undeclared", Action::drop, {}};
    case Standing::ill_typed:
      return {Verdict::drop, "ill_typed", Action::drop, {}};
    case Standing::twin:
      if (!plan_.redacts()) return {};
      return {Verdict::drop, "twin", Action::drop, {}};
    case Standing::declared:
      break;
  }
  const bool is_key = token.kind == Kind::key;
  return treat(is_key ? plan_.key(placement.field) : plan_.value(placement.field), token, placement);
}

}  // namespace airlock::redaction
