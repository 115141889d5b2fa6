#include "health/status.hpp"

#include "gate/ceiling.hpp"
#include "gate/consent.hpp"
#include "gate/entries.hpp"
#include "gate/history.hpp"
#include "gate/open.hpp"
#include "gate/public_part.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/disclosure.hpp"

namespace airlock::health {

namespace {

using core::Result;

Result<std::vector<CopiedAway>> copied_away(const ledger::Ledger& ledger, std::uint64_t last) {
  const std::uint64_t from = last < copies_counted_of ? 1 : last - copies_counted_of + 1;
  AIRLOCK_TRY(const auto disclosures, ledger.disclosures(from, copies_counted_of));
  std::map<std::string, CopiedAway> paths;
  for (const ledger::Disclosure& disclosure : disclosures) {
    AIRLOCK_TRY(const auto entry, ledger.entry(disclosure.recorded));
    AIRLOCK_TRY(const auto counts, gate::copied_of(entry));
    for (const auto& [path, members] : counts) {
      CopiedAway& sum = paths.try_emplace(path, CopiedAway{path}).first->second;
      sum.members += members;
      ++sum.disclosures;
    }
  }
  std::vector<CopiedAway> out;
  for (auto& [path, sum] : paths) out.push_back(std::move(sum));
  return out;
}

}  // namespace

Result<Status> status(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(gate::Inputs inputs, gate::read_inputs(site, ledger));
  Status out{.inputs = std::move(inputs),
             .standings = {},
             .own_redactions = {},
             .certificate_sha256 = {},
             .waiting = {},
             .queue = {},
             .receipt = {},
             .head = {},
             .newest_time = {},
             .newest_trusted = {},
             .last_disclosure = {},
             .copied = {},
             .also_new = {},
             .schedule = {}};
  if (out.inputs.kit) {
    for (const std::string& event : out.inputs.kit->dictionary.events()) {
      policy::DecisionFacts facts = out.inputs.facts();
      facts.event = event;
      policy::Decision decision = out.inputs.kit->policy.decide(facts);
      // If the terms cannot be computed, reports are held for another reason, which `explain` gives.
      const auto terms = gate::decision_now(out.inputs, event);
      out.standings.push_back(
          {event, decision, policy::explain(decision, facts),
           terms ? gate::above_ceiling(*terms, out.inputs, event) : std::vector<policy::Loosening>{}});
    }
  }
  out.own_redactions = gate::own_redactions(out.inputs);
  AIRLOCK_TRY(auto consents, gate::consents_in_force(ledger));
  out.also_new = std::move(consents.to);
  if (const auto certificate = site.signing_certificate()) out.certificate_sha256 = certificate->fingerprint().hex();
  AIRLOCK_TRY(out.reports, ledger.last_number());
  AIRLOCK_TRY(out.disclosures, ledger.last_disclosure());
  AIRLOCK_TRY(out.copied, copied_away(ledger, out.disclosures));
  AIRLOCK_TRY(out.waiting, gate::waiting_by_reason(site, ledger));
  for (const gate::WaitingGroup& group : out.waiting) (group.refused ? out.refused : out.held) += group.count;
  AIRLOCK_TRY(out.queue, ledger.count_waiting());
  AIRLOCK_TRY(const auto bundles, gate::bundles_in_outbox(site, ledger));
  for (const gate::BundleInOutbox& one : bundles) {
    if (one.hand_off.acknowledged_by != 0) {
      ++out.acknowledged;
      continue;
    }
    ++out.bundles;
    out.handed_over += one.hand_off.times != 0 ? 1 : 0;
  }
  AIRLOCK_TRY(out.receipt, gate::newest_receipt(ledger));
  AIRLOCK_TRY(const auto unfinished, ledger.unfinished());
  out.unfinished = unfinished.size();
  AIRLOCK_TRY(out.head, ledger.head());
  AIRLOCK_TRY(out.schedule, schedule_of(out.inputs, out.standings, ledger));
  AIRLOCK_TRY(out.newest_time, ledger.newest_time());
  AIRLOCK_TRY(out.newest_trusted, gate::newest_trusted_time(ledger));
  AIRLOCK_TRY(out.last_disclosure, ledger.previous_disclosure(out.disclosures + 1));
  return out;
}

}  // namespace airlock::health
