#include "redaction/filter.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "dictionary/fits.hpp"
#include "dictionary/key_pattern.hpp"
#include "redaction/collisions.hpp"
#include "redaction/looked_for.hpp"
#include "redaction/period.hpp"
#include "redaction/truncate.hpp"
#include "redaction/walk.hpp"
#include "report/editor.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::TokenStatus;
using dictionary::Type;
using report::TokenKind;

/// Whether the treatment drops or changes a value of this type.
bool changes(const Treatment& treatment, Type type, std::string_view text) {
  if (treatment.action == Action::keep) return false;
  if (!is_partial(treatment.action) || !fits(treatment, type)) return true;
  const auto rest = truncated(treatment, type, text);
  return !rest || *rest != text;
}

/// What the leak scan may look for: a value, a key or a part of one.
struct Text {
  std::string_view text;
  bool is_number;  ///< a JSON number, or digits only
};

Text text_of(const report::Token& token) {
  return {token.text, token.kind == TokenKind::number || digits(token.text) == token.text.size()};
}

/// Counts what was done to the tokens of one report.
class Counts {
 public:
  void add(const WalkStep& step, const Walk& walk) {
    const std::size_t place = number_of(step.placement);
    if (place >= by_place_.size()) by_place_.resize(place + 1);
    const Judgement& judgement = step.judgement;
    for (Count& count : by_place_[place]) {
      if (count.what == judgement.what && count.action == judgement.action) {
        ++count.count;
        return;
      }
    }
    by_place_[place].push_back({walk.counted_path(step.placement), judgement.what, judgement.action, 1});
  }

  [[nodiscard]] std::vector<DatumCount> sorted() const {
    std::map<std::tuple<std::string_view, std::string_view, std::string_view>, std::uint64_t> sums;
    for (const auto& counts : by_place_) {
      for (const Count& count : counts) sums[{count.path, count.what, name(count.action)}] += count.count;
    }
    std::vector<DatumCount> out;
    for (const auto& [key, count] : sums) {
      const auto& [path, what, action] = key;
      out.push_back({std::string(path), std::string(what), std::string(action), count});
    }
    return out;
  }

 private:
  struct Count {
    std::string_view path;
    std::string_view what;
    Action action;
    std::uint64_t count;
  };

  /// A number for each path under which a token can be counted.
  static std::size_t number_of(const Placement& placement) {
    if (placement.status == TokenStatus::twin) return 0;
    return placement.field != dictionary::no_field ? 1 + 2 * placement.field : 2 + 2 * std::size_t{placement.place};
  }

  std::vector<std::vector<Count>> by_place_;  ///< by number; of one path there are few kinds of counts
};

/// Gathers counts, needles and the period of one report, step by step.
class Account {
 public:
  Account(const Dictionary& dictionary, const Plan& plan, Searched searched)
      : dictionary_(dictionary),
        plan_(plan),
        with_note_(searched == Searched::report_and_note),
        inspector_(dictionary),
        period_(dictionary) {
    sources_.resize(2 * dictionary.fields().size(), no_source);
  }

  Result<void> add(const WalkStep& step, const Walk& walk) {
    inspector_.look(*step.token, step.placement);
    if (step.judgement.edit != Edit::keep) counts_.add(step, walk);
    if (step.below_dropped || step.judgement.edit != Edit::keep) AIRLOCK_CHECK(collect(step, walk));
    const bool is_replaced = step.judgement.edit == Edit::replace;
    const bool leaves = !step.below_dropped && step.judgement.edit != Edit::drop;
    if (leaves && step.placement.status == TokenStatus::declared && step.token->is_scalar()) {
      period_.take(step.placement, is_replaced ? step.judgement.text : step.token->text);
    }
    return {};
  }

  Redacted finish() && {
    Redacted out;
    out.counts = counts_.sorted();
    out.taken = std::move(taken_);
    out.period_start = period_.start();
    out.period_end = period_.end();
    out.inspection = inspector_.finish();
    return out;
  }

 private:
  /// Notes for the leak scan what does not leave: with the class as which the scan looks for it in the report, or
  /// without a class if only the note is searched for it.
  [[nodiscard]] Result<void> collect(const WalkStep& step, const Walk& walk) {
    const report::Token& token = *step.token;
    if (token.kind != TokenKind::key && token.kind != TokenKind::string && token.kind != TokenKind::number) return {};
    switch (step.placement.status) {
      case TokenStatus::structure:
        return {};
      case TokenStatus::undeclared:
      case TokenStatus::ill_typed:
        return collect_odd(step);
      case TokenStatus::twin:
        return token.kind == TokenKind::key ? Result<void>{} : collect_twin(token, walk);
      case TokenStatus::declared:
        break;
    }
    const Placement& placement = step.placement;
    const bool is_key = token.kind == TokenKind::key;
    if (is_key && dictionary_.fields()[placement.field].key->is_pattern()) return collect_parts(step);
    if (evidence_of(placement.type) == Evidence::none) return {};
    // It may be dropped only because its key is, or because its key would equal another one. Then only the note is
    // searched for it.
    const bool by_itself = changes(treatments_of(placement, is_key).of(placement.type), placement.type, token.text);
    return collect_one(text_of(token), by_itself ? std::optional(placement.cls) : std::nullopt, true,
                       source_of(placement.field, is_key));
  }

  /// The same for the parts of a key with a pattern. If the key leaves with some pseudonyms in it, its other parts
  /// leave. In an ill-typed key, parts without a treatment have no class, as other ill-typed values.
  [[nodiscard]] Result<void> collect_parts(const WalkStep& step) {
    const std::uint32_t field = step.placement.field;
    const dictionary::KeyDeclaration& key = *dictionary_.fields()[field].key;
    const bool declared = step.placement.status == TokenStatus::declared;
    const bool leaves = !step.below_dropped && step.judgement.edit == Edit::replace;
    const auto parts = dictionary::cut(key, step.token->text);
    for (std::size_t i = 0; parts && i < key.parts(); ++i) {
      const dictionary::KeyPart& part = key.part(i);
      const Treatments& treatments = plan_.key_part(field, i);
      const auto type = dictionary::first_fit(part.shape, TokenKind::key, (*parts)[i]);
      const bool by_itself = type ? treatments.of(*type).action != Action::keep : !treatments.keep_all();
      if (!by_itself && leaves) continue;
      if (declared && (!type || evidence_of(*type) == Evidence::none)) continue;
      const Text text{(*parts)[i], digits((*parts)[i]) == (*parts)[i].size()};
      if (!declared) AIRLOCK_CHECK(collect_email(text, step.placement));
      AIRLOCK_CHECK(
          collect_one(text, by_itself ? std::optional(part.cls) : std::nullopt, declared, source_of(field, true)));
    }
    return {};
  }

  /// For an undeclared or ill-typed value. Its class is unknown, so an equal value elsewhere may be a coincidence, and
  /// only the note is searched. Two kinds are looked for in the report too: e-mail addresses, and ill-typed values of
  /// fields that are taken out.
  [[nodiscard]] Result<void> collect_odd(const WalkStep& step) {
    const report::Token& token = *step.token;
    const Placement& placement = step.placement;
    const bool is_key = token.kind == TokenKind::key;
    if (token.kind != TokenKind::number) AIRLOCK_CHECK(collect_email(text_of(token), placement));
    if (is_key && !placement.wildcard_key) return {};
    if (is_key && dictionary_.fields()[placement.field].key->is_pattern()) return collect_parts(step);
    const bool by_itself = placement.status == TokenStatus::ill_typed && placement.field != dictionary::no_field &&
                           !treatments_of(placement, is_key).keep_all();
    if (by_itself) return collect_one(text_of(token), placement.cls, false, source_of(placement.field, is_key));
    return collect_one(text_of(token), std::nullopt, false, 0);
  }

  [[nodiscard]] Result<void> collect_email(const Text& text, const Placement& placement) {
    if (!dictionary::fits(Type::email, TokenKind::string, text.text, {})) return {};
    return collect_one(text, dictionary::Class::person, false,
                       taken_->source_id(std::string(dictionary_.path_of(placement.place))));
  }

  /// Twins are always dropped when something is redacted. So the value of a twin is looked for only if a path that it
  /// may copy is treated so that the value does not leave.
  [[nodiscard]] Result<void> collect_twin(const report::Token& token, const Walk& walk) {
    for (const std::size_t index : walk.twin_fields()) {
      const dictionary::Field& field = dictionary_.fields()[index];
      if (!field.cls || !is_searched_for(text_of(token), field.cls)) continue;
      const auto type = dictionary::first_fit(field.shape, token.kind, token.text);
      if (!type || evidence_of(*type) == Evidence::none) continue;
      if (!changes(plan_.value(index).of(*type), *type, token.text)) continue;
      AIRLOCK_CHECK(collect_one(text_of(token), field.cls, true, source_of(index, false)));
    }
    return {};
  }

  [[nodiscard]] Result<void> collect_one(const Text& text, std::optional<dictionary::Class> cls, bool declared,
                                         std::uint32_t source) {
    if (!is_searched_for(text, cls)) return {};
    if (text.is_number) return taken_->add_number(text.text, cls, source);
    return taken_->add_text(text.text, cls, declared, source);
  }

  /// Whether anything is searched for such a value: a note for every one, the report only for those with a class, and
  /// of numbers only for the long ones of tell-tale classes.
  [[nodiscard]] bool is_searched_for(const Text& text, std::optional<dictionary::Class> cls) const {
    if (with_note_) return true;
    if (!cls) return false;
    return !text.is_number || (is_tell_tale(*cls) && digits(text.text) >= number_digits_minimum);
  }

  [[nodiscard]] const Treatments& treatments_of(const Placement& placement, bool is_key) const {
    return is_key ? plan_.key(placement.field) : plan_.value(placement.field);
  }

  std::uint32_t source_of(std::size_t field, bool is_key) {
    std::uint32_t& id = sources_[2 * field + (is_key ? 1 : 0)];
    if (id == no_source) id = taken_->source_id(dictionary_.fields()[field].path + (is_key ? " (the key)" : ""));
    return id;
  }

  static constexpr std::uint32_t no_source = UINT32_MAX;

  const Dictionary& dictionary_;
  const Plan& plan_;
  const bool with_note_;
  std::vector<std::uint32_t> sources_;  ///< of each field's value and key; `no_source` until it is needed
  Inspector inspector_;
  Counts counts_;
  std::shared_ptr<TakenOut> taken_ = std::make_shared<TakenOut>();
  PeriodReader period_;
};

Result<void> write(const WalkStep& step, report::Editor& editor) {
  if (step.below_dropped) {
    editor.skip(*step.token);
    return {};
  }
  switch (step.judgement.edit) {
    case Edit::keep:
      return editor.keep(*step.token);
    case Edit::replace:
      return editor.replace(*step.token, step.judgement.is_number ? std::string(step.judgement.text)
                                                                  : report::json_string(step.judgement.text));
    case Edit::drop:
      break;
  }
  return editor.drop(*step.token);
}

}  // namespace

Result<Redacted> redact(const core::Blob& report, const Dictionary& dictionary, const Plan& plan,
                        const crypto::Secret& pseudonym_key, const report::Limits& limits,
                        const crypto::Secret& fingerprint_key, core::Sink& out, Searched searched) {
  const auto walk_report = [&](Offsets collisions) {
    return Walk(report, dictionary, plan, pseudonym_key, limits, fingerprint_key, collisions);
  };
  std::vector<std::uint64_t> collisions;
  if (coarsens_keys(dictionary, plan)) {
    AIRLOCK_TRY(collisions, find_collisions(walk_report({}), fingerprint_key));
  }
  Account account(dictionary, plan, searched);
  report::Editor editor(report, out);
  Walk walk = walk_report(collisions);
  for (;;) {
    AIRLOCK_TRY(const WalkStep& step, walk.next());
    if (step.token->kind == TokenKind::end) {
      AIRLOCK_CHECK(editor.finish(*step.token));
      return std::move(account).finish();
    }
    AIRLOCK_CHECK(account.add(step, walk));
    AIRLOCK_CHECK(write(step, editor));
  }
}

}  // namespace airlock::redaction
