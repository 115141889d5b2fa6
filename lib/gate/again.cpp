#include "gate/again.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "crypto/hash.hpp"
#include "gate/approvals.hpp"
#include "gate/ceiling.hpp"
#include "gate/entries.hpp"
#include "gate/prepare.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {
namespace {

Again stop(Verdict verdict, std::string why, std::string hint = {}) {
  return {.verdict = verdict, .permit = {}, .why = std::move(why), .hint = std::move(hint)};
}

/// Why the approvals by which a payload was queued do not suffice now. Nothing: they do, or none are asked for.
Result<std::optional<std::string>> lacks_approvals(const Inputs& inputs, const ledger::Ledger& ledger,
                                                   const ledger::Disclosure& disclosure, const ledger::Entry& entry,
                                                   const policy::Decision& decision, const redaction::Plan& plan) {
  const policy::Approvals asked = inputs.approvals();
  if (asked.none()) return std::nullopt;
  AIRLOCK_TRY(const core::Json body, ledger::body_of(entry));
  Prepared queued;
  queued.decision = decision;
  queued.plan = plan;
  AIRLOCK_TRY(queued.payload_sha256, core::Digest::from_hex(disclosure.content_sha256));
  AIRLOCK_TRY(auto approvals, approvals_of(ledger, disclosure.report_id));
  const auto wanted = approval_wanted(queued, inputs, disclosure.number, body.value("note", ""));
  const JudgedApprovals judged = judge_approvals(std::move(approvals), wanted, asked, inputs);
  if (judged.missing.none()) return std::nullopt;
  std::string why = "approvals are missing now: " + policy::in_words(judged.missing);
  for (const std::string& sentence : judged.passed_over) why += "; " + sentence;
  return why;
}

}  // namespace

Result<Again> decide_again(const Inputs& inputs, const ledger::Ledger& ledger, const ledger::Disclosure& disclosure) {
  if (!inputs.kit) {
    return stop(Verdict::wait, "nothing leaves without a kit: " + inputs.no_kit.message, inputs.no_kit.hint);
  }
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(disclosure.recorded));
  AIRLOCK_TRY(RecordedDecision recorded, read_decision(entry));
  if (!recorded.terms) return stop(Verdict::withdraw, "the ledger does not record the decision");
  // An older release recorded no classes. They are in the dictionary by which it decided.
  if (recorded.dictionary_sha256 == crypto::sha256(inputs.kit->dictionary_text).hex()) {
    (void)policy::complete(*recorded.terms, inputs.kit->dictionary);
  }

  policy::DecisionFacts facts = inputs.facts();
  facts.event = recorded.event;
  const policy::Decision decision = inputs.kit->policy.decide(facts);
  const auto plan = inputs.plan(decision, inputs.redact_also());
  if (!plan) return stop(Verdict::wait, plan.error().message, plan.error().hint);
  AIRLOCK_TRY(const policy::Terms fresh, terms_of(decision, *plan, inputs));
  auto permit = policy::Permits::give(ledger::leaf_hash(entry.body), *recorded.terms, fresh);
  if (!permit) {
    std::string why = permit.error().message;
    for (const std::string& sentence : policy::explain(decision, facts)) why += "; " + sentence;
    return stop(Verdict::withdraw, std::move(why));
  }
  if (const auto stopped = stopped_by(fresh, inputs, recorded.event)) {
    return stop(Verdict::wait, stopped->message, stopped->hint);
  }
  AIRLOCK_TRY(auto lacking, lacks_approvals(inputs, ledger, disclosure, entry, decision, *plan));
  if (lacking) return stop(Verdict::withdraw, std::move(*lacking));
  return Again{.verdict = Verdict::send, .permit = std::move(*permit), .why = {}, .hint = {}};
}

}  // namespace airlock::gate
