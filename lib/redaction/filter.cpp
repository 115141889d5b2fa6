#include "redaction/filter.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/time.hpp"
#include "redaction/collisions.hpp"
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

bool rewrites(const Treatment& treatment) {
  return treatment.action != Action::keep && treatment.action != Action::drop;
}

bool rewrites_keys(const Dictionary& dictionary, const Plan& plan) {
  for (std::size_t i = 0; i < dictionary.fields().size(); ++i) {
    if (rewrites(plan.key(i))) return true;
  }
  return false;
}

/// Whether the treatment would take `text` out or change it, so that it must not stand elsewhere. A number that was
/// suppressed is one of a few that everybody can list: to find one says nothing, and every small count would be a hit.
bool changes(const Treatment& treatment, std::string_view text) {
  if (treatment.action == Action::keep || treatment.action == Action::suppress_below) return false;
  const auto rest = truncated(treatment, text);
  return !rest || *rest != text;
}

/// Counts, needles and the period of one report, gathered step by step.
class Account {
 public:
  Account(const Dictionary& dictionary, const Plan& plan) : dictionary_(dictionary), plan_(plan) {
    taken_->twins_dropped = plan.redacts();
    period_start_field_ = dictionary.find(dictionary.roles().period_start);
    period_end_field_ = dictionary.find(dictionary.roles().period_end);
  }

  Result<void> add(const Step& step, const Walk& walk) {
    if (step.judgement.verdict != Verdict::keep) count(step, walk);
    if (does_not_leave(step)) AIRLOCK_CHECK(taken_->add(step.token.text, step.placement.cls));
    const bool is_replaced = step.judgement.verdict == Verdict::replace;
    if (is_replaced && (step.judgement.action == Action::mask || step.judgement.action == Action::pseudonymise)) {
      taken_->add_written(step.judgement.text);
    }
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
    const std::string path = step.placement.standing == Standing::twin ? "twins"
                             : step.placement.field != Placement::no_field
                                 ? dictionary_.fields()[step.placement.field].path
                                 : walk.path();
    ++counts_[{path, std::string(step.judgement.what), std::string(name(step.judgement.action))}];
  }

  /// Whether the token holds data of the report that does not leave as it is. Booleans, `null` and the dictionary's own
  /// enum values say nothing that could be looked for; nor do keys that the dictionary spells out.
  [[nodiscard]] bool does_not_leave(const Step& step) const {
    const auto& [token, placement, judgement, below_dropped] = step;
    const bool is_key = token.kind == Kind::key;
    if (!is_key && token.kind != Kind::string && token.kind != Kind::number) return false;
    switch (placement.standing) {
      case Standing::structure:
        return false;
      case Standing::undeclared:
      case Standing::ill_typed:
        return true;
      case Standing::twin:
        // Its own absence says nothing: only whether the path that it copies hides the value.
        return !is_key && placement.field != Placement::no_field && placement.type != Type::enumeration &&
               changes(plan_.value(placement.field), token.text);
      case Standing::declared:
        break;
    }
    if (!below_dropped && judgement.action == Action::suppress_below) return false;
    return (below_dropped || judgement.verdict != Verdict::keep) && placement.type != Type::enumeration;
  }

  void read_period(std::size_t field, std::string_view text) {
    if (field != period_start_field_ && field != period_end_field_) return;
    const auto time = core::read_rfc3339(text);
    if (time) (field == period_start_field_ ? period_start_ : period_end_) = time->date();
  }

  const Dictionary& dictionary_;
  const Plan& plan_;
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
                        const crypto::Secret& fingerprint_key, core::Sink& out) {
  const auto walk_report = [&](Offsets collisions) {
    return Walk(report, dictionary, plan, pseudonym_key, limits, fingerprint_key, collisions);
  };
  std::vector<std::uint64_t> collisions;
  if (rewrites_keys(dictionary, plan)) {
    AIRLOCK_TRY(collisions, find_collisions(walk_report({}), fingerprint_key));
  }
  Account account(dictionary, plan);
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
