#include "redaction/walk.hpp"

#include "core/text.hpp"

namespace airlock::redaction {

using core::Code;
using core::fail;
using core::quote;
using core::Result;
using dictionary::Placement;
using dictionary::TokenStatus;
using report::Token;
using report::TokenKind;

namespace {

/// The types of a shape for messages: "`time` or `empty`".
std::string types_text(const dictionary::Shape& shape) {
  std::string out;
  for (const dictionary::Type type : shape.types) out += (out.empty() ? "" : " or ") + quote(dictionary::name(type));
  return out.empty() ? "of its declared type" : out;
}

}  // namespace

bool rewrites_keys(const dictionary::Dictionary& dictionary, const Plan& plan) {
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    const Action action = plan.key(i).action;
    if (action != Action::keep && action != Action::drop) return true;
  }
  return false;
}

Result<void> check_is_object(const Token& first) {
  if (first.kind == TokenKind::begin_object) return {};
  return fail(Code::bad_input, "the report is not a JSON object");
}

Walk::Walk(const core::Blob& report, const dictionary::Dictionary& dictionary, const Plan& plan,
           const crypto::Secret& pseudonym_key, const report::Limits& limits, const crypto::Secret& fingerprint_key,
           Offsets collisions, OnMisfit misfits)
    : dictionary_(dictionary),
      plan_(plan),
      scanner_(report, limits, fingerprint_key),
      classifier_(dictionary),
      judge_(dictionary, plan, pseudonym_key),
      collisions_(collisions),
      misfits_(misfits) {}

Result<WalkStep> Walk::next() {
  AIRLOCK_TRY(const Token token, scanner_.next());
  if (token.kind == TokenKind::end) return WalkStep{token, {}, {}, false};
  if (token.depth == 0 && !token.closes()) AIRLOCK_CHECK(check_is_object(token));
  const Placement placement = classifier_.place(token);
  path_.advance(token, placement);
  AIRLOCK_CHECK(refuse_undeclared(placement));

  WalkStep out{token, placement, {}, drop_depth_.has_value()};
  if (drop_depth_) {
    if (token.depth == *drop_depth_ && (token.is_scalar() || token.closes())) drop_depth_.reset();
    return out;
  }
  if (takes_collision(token.begin)) {
    out.judgement = {Edit::drop, "collision", Action::drop, {}};
  } else {
    out.judgement = judge_.judge(token, placement);
  }
  const bool more_follows = token.kind == TokenKind::key || token.opens();
  if (out.judgement.edit == Edit::drop && more_follows) drop_depth_ = token.depth;
  return out;
}

std::string Walk::counted_path(const WalkStep& step) const {
  if (step.placement.status == TokenStatus::twin) return "twins";
  if (step.placement.field != dictionary::no_field) return dictionary_.fields()[step.placement.field].path;
  return path();
}

Result<void> Walk::refuse_undeclared(const Placement& placement) const {
  if (plan_.undeclared() == Undeclared::drop || misfits_ == OnMisfit::reported) return {};
  const std::string hint = "a newer kit may declare it; a profile with `\"undeclared\": \"drop\"` would drop it";
  if (placement.status == TokenStatus::undeclared) {
    return fail(Code::refused, quote(path_.text()) + " has a value that the dictionary does not declare", hint);
  }
  if (placement.status != TokenStatus::ill_typed) return {};
  if (placement.field == dictionary::no_field) {
    return fail(Code::refused, quote(path_.text()) + " has a value that is not of its declared type", hint);
  }
  const dictionary::Field& field = dictionary_.fields()[placement.field];
  return fail(Code::refused,
              quote(field.path) + (placement.wildcard_key ? " has a key that is not " + types_text(field.key->shape)
                                                          : " is not " + types_text(field.shape)),
              hint);
}

bool Walk::takes_collision(std::uint64_t begin) {
  while (!collisions_.empty() && collisions_.front() < begin) collisions_ = collisions_.subspan(1);
  return !collisions_.empty() && collisions_.front() == begin;
}

}  // namespace airlock::redaction
