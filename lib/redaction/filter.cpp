#include "redaction/filter.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/time.hpp"
#include "redaction/collisions.hpp"
#include "redaction/looked_for.hpp"
#include "redaction/taken.hpp"
#include "redaction/truncate.hpp"
#include "redaction/walk.hpp"
#include "report/editor.hpp"

namespace airlock::redaction {
namespace {

using dictionary::Dictionary;
using dictionary::Placement;
using dictionary::Standing;
using dictionary::Type;
using report::Kind;

/// Whether the treatment takes a value of this type out or changes it.
bool changes(const Treatment& treatment, Type type, std::string_view text) {
  if (treatment.action == Action::keep) return false;
  if (!is_partial(treatment.action) || !fits(treatment, type)) return true;
  const auto rest = truncated(treatment, text);
  return !rest || *rest != text;
}

/// Written as JSON has a number, or as digits only.
bool is_number(const report::Token& token) {
  return token.kind == Kind::number || digits(token.text) == token.text.size();
}

/// Counts, needles and the period of one report, gathered step by step.
class Account {
 public:
  Account(const Dictionary& dictionary, const Plan& plan, Searched searched)
      : dictionary_(dictionary), plan_(plan), with_note_(searched == Searched::report_and_note) {
    sources_.resize(2 * dictionary.fields().size(), no_source);
    period_start_field_ = dictionary.find(dictionary.roles().period_start);
    period_end_field_ = dictionary.find(dictionary.roles().period_end);
  }

  Result<void> add(const Step& step, const Walk& walk) {
    if (step.judgement.verdict != Verdict::keep) count(step, walk);
    if (step.below_dropped || step.judgement.verdict != Verdict::keep) AIRLOCK_CHECK(collect(step, walk));
    const bool is_replaced = step.judgement.verdict == Verdict::replace;
    const bool leaves = !step.below_dropped && step.judgement.verdict != Verdict::drop;
    if (leaves && step.placement.standing == Standing::declared && step.token.kind == Kind::string) {
      read_period(step.placement.field, is_replaced ? step.judgement.text : step.token.text);
    }
    return {};
  }

  Redacted finish() && {
    Redacted out;
    for (const auto& [key, count] : counts_) {
      const auto& [path, what, action] = key;
      out.counts.push_back({path, what, action, count});
    }
    out.taken = std::move(taken_);
    out.period_start = std::move(period_start_);
    out.period_end = std::move(period_end_);
    return out;
  }

 private:
  void count(const Step& step, const Walk& walk) {
    ++counts_[{walk.counted_path(step), std::string(step.judgement.what), std::string(name(step.judgement.action))}];
  }

  /// Hands what does not leave to the scan: as which class it is looked for, or that the note alone is searched for it.
  [[nodiscard]] Result<void> collect(const Step& step, const Walk& walk) {
    const report::Token& token = step.token;
    if (token.kind != Kind::key && token.kind != Kind::string && token.kind != Kind::number) return {};
    switch (step.placement.standing) {
      case Standing::structure:
        return {};
      case Standing::undeclared:
      case Standing::ill_typed:
        return collect_odd(step, walk);
      case Standing::twin:
        return token.kind == Kind::key ? Result<void>{} : collect_twin(token, walk);
      case Standing::declared:
        break;
    }
    const Placement& placement = step.placement;
    if (evidence_of(placement.type) == Evidence::none) return {};
    const bool is_key = token.kind == Kind::key;
    // Dropped, but not for its own sake: its key went, or it would have had the same key as another member.
    const bool by_itself =
        changes(is_key ? plan_.key(placement.field) : plan_.value(placement.field), placement.type, token.text);
    return collect_one(token, by_itself ? std::optional(placement.cls) : std::nullopt, true,
                       source_of(placement.field, is_key));
  }

  /// Undeclared or ill-typed. Nobody said of which class it is, so a copy of it may be a coincidence; but for what is
  /// ill-typed where the field itself is taken out, and for addresses of persons.
  [[nodiscard]] Result<void> collect_odd(const Step& step, const Walk& walk) {
    const auto& [token, placement, judgement, below_dropped] = step;
    const bool is_key = token.kind == Kind::key;
    if (token.kind != Kind::number && dictionary::fits(Type::email, token.kind, token.text, {})) {
      AIRLOCK_CHECK(collect_one(token, dictionary::Class::person, false, taken_->source_id(walk.path())));
    }
    if (is_key && !placement.wildcard_key) return {};
    const bool by_itself = placement.standing == Standing::ill_typed && placement.field != Placement::no_field &&
                           (is_key ? plan_.key(placement.field) : plan_.value(placement.field)).action != Action::keep;
    if (by_itself) return collect_one(token, placement.cls, false, source_of(placement.field, is_key));
    return collect_one(token, std::nullopt, false, 0);
  }

  /// The absence of a twin says nothing: only whether a path that it copies hides the value.
  [[nodiscard]] Result<void> collect_twin(const report::Token& token, const Walk& walk) {
    for (const std::size_t index : walk.twin_fields()) {
      const dictionary::Field& field = dictionary_.fields()[index];
      const auto type = dictionary::first_fit(field.shape, token.kind, token.text);
      if (!field.cls || !type || evidence_of(*type) == Evidence::none) continue;
      if (!changes(plan_.value(index), *type, token.text)) continue;
      AIRLOCK_CHECK(collect_one(token, field.cls, true, source_of(index, false)));
    }
    return {};
  }

  [[nodiscard]] Result<void> collect_one(const report::Token& token, std::optional<dictionary::Class> cls,
                                         bool declared, std::uint32_t source) {
    if (!cls && !with_note_) return {};
    if (!is_number(token)) return taken_->add_text(token.text, cls, declared, source);
    if (!with_note_ && !is_tell_tale(*cls)) return {};
    return taken_->add_number(token.text, cls, source);
  }

  std::uint32_t source_of(std::size_t field, bool is_key) {
    std::uint32_t& id = sources_[2 * field + (is_key ? 1 : 0)];
    if (id == no_source) id = taken_->source_id(dictionary_.fields()[field].path + (is_key ? " (the key)" : ""));
    return id;
  }

  void read_period(std::size_t field, std::string_view text) {
    if (field != period_start_field_ && field != period_end_field_) return;
    const auto time = core::read_rfc3339(text);
    if (time) (field == period_start_field_ ? period_start_ : period_end_) = time->date();
  }

  static constexpr std::uint32_t no_source = UINT32_MAX;

  const Dictionary& dictionary_;
  const Plan& plan_;
  const bool with_note_;
  std::vector<std::uint32_t> sources_;  ///< of each field's value and key, where they were needed
  std::map<std::tuple<std::string, std::string, std::string>, std::uint64_t> counts_;
  std::shared_ptr<Taken> taken_ = std::make_shared<Taken>();
  std::optional<std::size_t> period_start_field_;
  std::optional<std::size_t> period_end_field_;
  std::optional<std::string> period_start_;
  std::optional<std::string> period_end_;
};

Result<void> write(const Step& step, report::Editor& editor) {
  if (step.below_dropped) {
    editor.skip(step.token);
    return {};
  }
  switch (step.judgement.verdict) {
    case Verdict::keep:
      return editor.keep(step.token);
    case Verdict::replace:
      return editor.replace(step.token,
                            step.judgement.is_number ? step.judgement.text : report::json_string(step.judgement.text));
    case Verdict::drop:
      break;
  }
  return editor.drop(step.token);
}

}  // namespace

Result<Redacted> redact(const core::Blob& report, const Dictionary& dictionary, const Plan& plan,
                        const crypto::Secret& pseudonym_key, const report::Limits& limits,
                        const crypto::Secret& fingerprint_key, core::Sink& out, Searched searched) {
  const auto walk_report = [&](Offsets collisions) {
    return Walk(report, dictionary, plan, pseudonym_key, limits, fingerprint_key, collisions);
  };
  std::vector<std::uint64_t> collisions;
  if (rewrites_keys(dictionary, plan)) {
    AIRLOCK_TRY(collisions, find_collisions(walk_report({}), fingerprint_key));
  }
  Account account(dictionary, plan, searched);
  report::Editor editor(report, out);
  Walk walk = walk_report(collisions);
  for (;;) {
    AIRLOCK_TRY(const Step step, walk.next());
    if (step.token.kind == Kind::end) {
      AIRLOCK_CHECK(editor.finish(step.token));
      return std::move(account).finish();
    }
    AIRLOCK_CHECK(account.add(step, walk));
    AIRLOCK_CHECK(write(step, editor));
  }
}

}  // namespace airlock::redaction
