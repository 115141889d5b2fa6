#include "office/proofs.hpp"

#include <algorithm>

#include "gate/anchor.hpp"
#include "gate/open.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/disclosure.hpp"
#include "site/site.hpp"
#include "sys/look.hpp"

namespace airlock::office {
namespace {

/// The rollback anchor, for a reader of the site, who cannot sign.
core::Result<SignedHead> head_of_anchor(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_TRY(const auto verifier, site.ledger_verifier());
  AIRLOCK_TRY(const auto keys, ledger.keys(verifier));
  AIRLOCK_TRY(auto tree, gate::anchored_tree(site, keys));
  return SignedHead{tree.head, std::move(tree.checkpoint), verifier.text()};
}

core::Result<SignedHead> sign_head_of(const site::Site& site, const ledger::Ledger& ledger) {
  AIRLOCK_CHECK(gate::check_past(site, ledger));
  if (!sys::may_read(site.path(site::layout::ledger_key))) return head_of_anchor(site, ledger);
  AIRLOCK_TRY(const auto key, site.ledger_key());
  SignedHead out;
  AIRLOCK_TRY(out.head, ledger.head());
  AIRLOCK_TRY(out.checkpoint, ledger::sign_checkpoint(out.head, site.configuration().site_id, key));
  out.ledger_key = site.ledger_verifier(key).text();
  return out;
}

core::Result<ProvenEntry> prove(const site::Site& site, const ledger::Ledger& ledger, std::uint64_t seq) {
  ProvenEntry out;
  AIRLOCK_TRY(out.entry, ledger.entry(seq));
  AIRLOCK_TRY(out.head, sign_head_of(site, ledger));
  if (seq >= out.head.head.size) {
    return core::fail(core::Code::not_recorded,
                      "entry " + std::to_string(seq) + " is newer than the newest signed head",
                      "the owner of the site signs one: `airlock ledger checkpoint`");
  }
  AIRLOCK_TRY(const auto proof, ledger.inclusion_proof(seq, out.head.head.size));
  out.proof = ledger::proof_text(seq, proof, out.head.checkpoint);
  return out;
}

}  // namespace

core::Result<SignedHead> sign_head(const std::string& directory) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  return sign_head_of(site, ledger);
}

core::Result<ProvenEntry> prove_report(const std::string& directory, std::uint64_t number) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const auto report, ledger.report(number));
  if (!report) {
    return core::fail(core::Code::usage, "there is no report " + std::to_string(number), "see `airlock ledger list`");
  }
  // A bundle carries the entry that disclosed the report. If the report was held first, that is not its first entry.
  AIRLOCK_TRY(const auto disclosures, ledger.disclosures_of_report(report->report_id));
  const auto stands = std::find_if(disclosures.rbegin(), disclosures.rend(), [](const ledger::Disclosure& disclosure) {
    return disclosure.stage != ledger::Stage::abandoned && disclosure.stage != ledger::Stage::withdrawn &&
           disclosure.stage != ledger::Stage::payload_lost;
  });
  if (stands != disclosures.rend()) return prove(site, ledger, stands->recorded);
  // A report has exactly one `produced` entry, and it is the report's first entry.
  AIRLOCK_TRY(const auto first, ledger.entries_of_report(report->report_id, 0, 1));
  if (first.empty()) return core::fail(core::Code::integrity, "report " + std::to_string(number) + " has no entry");
  return prove(site, ledger, first.front().seq);
}

core::Result<ProvenEntry> prove_entry(const std::string& directory, std::uint64_t seq) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  return prove(site, ledger, seq);
}

}  // namespace airlock::office
