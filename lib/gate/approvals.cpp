#include "gate/approvals.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/members.hpp"
#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/entries.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::quote;

Result<RecordedApproval> read_approval(const ledger::Entry& entry) {
  AIRLOCK_TRY(const Json json, ledger::body_of(entry));
  core::Members in(json, ledger::title(entry), "");
  std::string drop = in.uuid("drop");
  const bool by_operator = in.boolean_if("operator").value_or(false);
  const Json* pem = in.any("approval");
  if (!in.ok() || pem == nullptr || !pem->is_string()) {
    return core::fail(core::Code::integrity, ledger::title(entry) + " has no approval", "run `airlock ledger verify`");
  }
  auto all = envelope::verify_approvals(pem->get<std::string>());
  if (!all || all->size() != 1) {
    return core::fail(core::Code::integrity, ledger::title(entry) + " has an approval that does not verify",
                      "run `airlock ledger verify`");
  }
  return RecordedApproval{.entry = entry.seq,
                          .approval = std::move(all->front().approval),
                          .signer = std::move(all->front().signer),
                          .by_operator = by_operator,
                          .drop = std::move(drop),
                          .pem = pem->get<std::string>()};
}

/// The officers who signed, each key once with all its kinds.
std::vector<policy::Approver> approvers(const std::vector<RecordedApproval>& approvals, const Inputs& inputs) {
  std::map<std::string, policy::Approver> by_key;
  for (const RecordedApproval& each : approvals) {
    const std::string key = each.signer.key().sha256().hex();
    policy::Approver& approver = by_key[key];
    approver.key_sha256 = key;
    approver.kinds.merge(site::kinds_of(inputs.officers.with(each.signer)));
  }
  std::vector<policy::Approver> out;
  for (auto& [key, approver] : by_key) out.push_back(std::move(approver));
  return out;
}

std::string signed_by(const JudgedApprovals& judged) {
  std::string out;
  for (const RecordedApproval& each : judged.counted) out += (out.empty() ? "" : ", ") + quote(each.signer.subject());
  out = out.empty() ? "; nobody has signed yet" : "; signed by " + out;
  for (const std::string& sentence : judged.passed_over) out += "; " + sentence;
  return out;
}

}  // namespace

Result<std::vector<RecordedApproval>> approvals_of(const ledger::Ledger& ledger, const std::string& report_id) {
  std::vector<RecordedApproval> out;
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report_id));
  for (const ledger::Entry& entry : entries) {
    if (entry.kind != ledger::Kind::approved) continue;
    AIRLOCK_TRY(RecordedApproval approval, read_approval(entry));
    out.push_back(std::move(approval));
  }
  return out;
}

Result<bool> approved_since(const ledger::Ledger& ledger, const std::string& report_id, std::uint64_t from_seq) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(report_id, from_seq));
  return std::any_of(entries.begin(), entries.end(),
                     [](const ledger::Entry& entry) { return entry.kind == ledger::Kind::approved; });
}

envelope::Approval approval_wanted(const Prepared& prepared, const Inputs& inputs, std::uint64_t number,
                                   const std::string& note) {
  return {.site_id = inputs.site.configuration().site_id,
          .number = number,
          .payload_sha256 = prepared.payload_sha256.hex(),
          .decision_sha256 = decision_digest(prepared, inputs).hex(),
          .policy_sha256 = crypto::sha256(inputs.kit->policy_text).hex(),
          .note = note,
          .time = {}};
}

std::optional<NoOfficer> is_no_officer(const crypto::Certificate& signer, const Inputs& inputs) {
  if (inputs.officers.with(signer).empty()) {
    return NoOfficer{"unknown_officer", "the certificate of " + quote(signer.subject()) + " is not in " +
                                            quote(inputs.site.path(site::layout::officers_trust))};
  }
  if (inputs.now < signer.not_before()) {
    return NoOfficer{"not_yet_valid", "the certificate of " + quote(signer.subject()) + " is valid only from " +
                                          signer.not_before().text()};
  }
  if (signer.not_after() < inputs.now) {
    return NoOfficer{"expired",
                     "the certificate of " + quote(signer.subject()) + " ended at " + signer.not_after().text()};
  }
  return std::nullopt;
}

JudgedApprovals judge_approvals(std::vector<RecordedApproval> approvals, const envelope::Approval& wanted,
                                const policy::Approvals& asked, const Inputs& inputs) {
  JudgedApprovals out;
  for (RecordedApproval& each : approvals) {
    const std::string about = "the approval of " + quote(each.signer.subject()) + " does not count: ";
    if (const auto other = envelope::mismatch(each.approval, wanted)) {
      out.passed_over.push_back(about + "it " + other->message);
    } else if (const auto no_officer = is_no_officer(each.signer, inputs)) {
      out.passed_over.push_back(about + no_officer->message);
    } else if (each.by_operator && !asked.by_operator) {
      out.passed_over.push_back(about + "the operator dropped it");
    } else {
      out.counted.push_back(std::move(each));
    }
  }
  out.missing = policy::missing_from(asked, approvers(out.counted, inputs));
  return out;
}

Result<void> hold_unless_approved(Prepared& prepared, const Inputs& inputs, const ledger::Ledger& ledger,
                                  const ApprovedReport& report) {
  if (!leaves(prepared.outcome)) return {};
  const policy::Approvals asked = inputs.approvals();
  if (asked.none()) return {};
  std::vector<RecordedApproval> approvals;
  if (report.number != 0) {
    AIRLOCK_TRY(approvals, approvals_of(ledger, report.report_id));
  }
  const auto wanted = approval_wanted(prepared, inputs, report.number, report.note);
  JudgedApprovals judged = judge_approvals(std::move(approvals), wanted, asked, inputs);
  if (judged.missing.none()) {
    prepared.approvals = std::move(judged.counted);
    return {};
  }
  const std::string number = report.number == 0 ? "N" : std::to_string(report.number);
  prepared.outcome = Outcome::held;
  prepared.stop = {.reason = StopReason::approval,
                   .message = "approvals are missing: " + policy::in_words(judged.missing) + signed_by(judged),
                   .hint = "an officer signs with `airlock approve " + number +
                           " --key FILE --certificate FILE`; then run `airlock process --held`"};
  return {};
}

}  // namespace airlock::gate
