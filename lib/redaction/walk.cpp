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

bool coarsens_keys(const dictionary::Dictionary& dictionary, const Plan& plan) {
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    if (plan.key(i).any([](const Treatment& each) { return is_partial(each.action); })) return true;
  }
  return false;
}

Walk::Walk(const core::Blob& report, const dictionary::Dictionary& dictionary, const Plan& plan,
           const crypto::Secret& pseudonym_key, const report::Limits& limits, const crypto::Secret& fingerprint_key,
           Offsets collisions, OnMisfit misfits)
    : dictionary_(dictionary),
      plan_(plan),
      scanner_(report, limits, fingerprint_key, dictionary.document()),
      classifier_(dictionary),
      judge_(dictionary, plan, pseudonym_key),
      collisions_(collisions),
      misfits_(misfits) {}

Result<std::reference_wrapper<const WalkStep>> Walk::next() {
  AIRLOCK_TRY(const Token& token, scanner_.next());
  step_.token = &token;
  step_.judgement = {};
  step_.below_dropped = drop_depth_.has_value();
  if (token.kind == TokenKind::end) return std::cref(step_);
  if (token.depth == 0 && !token.closes()) {
    AIRLOCK_CHECK(report::check_document(token, dictionary_.document()));
  }
  step_.placement = classifier_.place(token);
  if (plan_.undeclared() == Undeclared::refuse) AIRLOCK_CHECK(refuse_misfit(step_.placement));
  if (drop_depth_) {
    if (token.depth == *drop_depth_ && (token.is_scalar() || token.closes())) drop_depth_.reset();
    return std::cref(step_);
  }
  static constexpr Judgement collides{Edit::drop, "collision", Action::drop, {}};
  step_.judgement = takes_collision(token.begin) ? collides : judge_.judge(token, step_.placement);
  const bool more_follows = token.kind == TokenKind::key || token.opens();
  if (step_.judgement.edit == Edit::drop && more_follows) drop_depth_ = token.depth;
  return std::cref(step_);
}

std::string_view Walk::counted_path(const Placement& placement) const {
  if (placement.status == TokenStatus::twin) return "twins";
  if (placement.field != dictionary::no_field) return dictionary_.fields()[placement.field].path;
  return dictionary_.path_of(placement.place);
}

Result<void> Walk::refuse_misfit(const Placement& placement) const {
  if (placement.status != TokenStatus::undeclared && placement.status != TokenStatus::ill_typed) return {};
  if (misfits_ == OnMisfit::reported) return {};
  const std::string path = quote(dictionary_.path_of(placement.place));
  const std::string hint = "a newer kit may declare it; a profile with `\"undeclared\": \"drop\"` would drop it";
  if (placement.status == TokenStatus::undeclared) {
    return fail(Code::refused, path + " has a value that the dictionary does not declare", hint);
  }
  if (placement.field == dictionary::no_field) {
    return fail(Code::refused, path + " has a value that is not of its declared type", hint);
  }
  const dictionary::Field& field = dictionary_.fields()[placement.field];
  const std::string what = !placement.wildcard_key   ? " is not " + types_text(field.shape)
                           : field.key->is_pattern() ? " has a key with a part that is not of its type"
                                                     : " has a key that is not " + types_text(field.key->shape);
  return fail(Code::refused, quote(field.path) + what, hint);
}

bool Walk::takes_collision(std::uint64_t begin) {
  while (!collisions_.empty() && collisions_.front() < begin) collisions_ = collisions_.subspan(1);
  return !collisions_.empty() && collisions_.front() == begin;
}

}  // namespace airlock::redaction
