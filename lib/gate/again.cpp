#include "gate/again.hpp"

#include "crypto/hash.hpp"
#include "gate/entries.hpp"
#include "gate/prepare.hpp"
#include "ledger/merkle.hpp"
#include "policy/permits.hpp"

namespace airlock::gate {
namespace {

Again stop(Verdict verdict, std::string why, std::string hint = {}) {
  return {.verdict = verdict, .permit = {}, .why = std::move(why), .hint = std::move(hint)};
}

}  // namespace

Result<Again> decide_again(const Inputs& inputs, const ledger::Ledger& ledger, const ledger::Disclosure& disclosure) {
  if (!inputs.kit) {
    return stop(Verdict::wait, "without a kit nothing leaves: " + inputs.no_kit.message, inputs.no_kit.hint);
  }
  AIRLOCK_TRY(const ledger::Entry entry, ledger.entry(disclosure.recorded));
  AIRLOCK_TRY(const RecordedDecision recorded, read_decision(entry));
  if (!recorded.carried) return stop(Verdict::withdraw, "the ledger does not say how it was decided");

  policy::Facts facts = inputs.facts();
  facts.event = recorded.event;
  const policy::Decision decision = inputs.kit->policy.decide(facts);
  policy::Carried fresh{decision.disposition, {}};
  if (decision.disposition != policy::Disposition::withhold) {
    const auto plan =
        inputs.kit->policy.plan(decision, inputs.kit->dictionary, inputs.site.configuration().redact_also);
    if (!plan) return stop(Verdict::wait, plan.error().message, plan.error().hint);
    fresh.treatments = crypto::sha256(policy::treatments_text(*plan, inputs.kit->dictionary));
  }
  auto permit = policy::Permits::give(ledger::leaf_hash(entry.body), *recorded.carried, fresh);
  if (!permit) {
    std::string why = permit.error().message;
    for (const std::string& sentence : policy::explain(decision, facts)) why += "; " + sentence;
    return stop(Verdict::withdraw, std::move(why));
  }
  if (decision.disposition < ceiling) {
    return stop(Verdict::wait, "the decision is looser than this site's ceiling", "see `airlock status`");
  }
  return Again{.verdict = Verdict::send, .permit = std::move(*permit), .why = {}, .hint = {}};
}

}  // namespace airlock::gate
