#pragma once
/// \file
/// Whether the officers who must sign what would leave have done so (docs/formats/approval.md). The ledger has the
/// approvals; each is judged again whenever a report is decided on, by the officers and the time of then.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "gate/prepare.hpp"
#include "gate/recorded_approval.hpp"
#include "ledger/ledger.hpp"
#include "policy/approvals.hpp"

namespace airlock::gate {

/// The approvals of a report, by entry. Error: integrity where an entry cannot be read.
[[nodiscard]] Result<std::vector<RecordedApproval>> approvals_of(const ledger::Ledger& ledger,
                                                                 const std::string& report_id);
/// Whether an approval of a report was recorded by the entry `from_seq` or a later one.
[[nodiscard]] Result<bool> approved_since(const ledger::Ledger& ledger, const std::string& report_id,
                                          std::uint64_t from_seq);

/// What an officer must sign for what was prepared, without the time. Precondition: there is a payload.
[[nodiscard]] envelope::Approval approval_wanted(const Prepared& prepared, const Inputs& inputs, std::uint64_t number,
                                                 const std::string& note);

/// Why an officer's signature does not count at this time.
struct NoOfficer {
  std::string_view reason;  ///< `unknown_officer`, `not_yet_valid`, `expired`
  std::string message;
};
/// Nothing: it is the certificate of an officer, and valid.
[[nodiscard]] std::optional<NoOfficer> is_no_officer(const crypto::Certificate& signer, const Inputs& inputs);

/// The approvals of a report, judged.
struct JudgedApprovals {
  std::vector<RecordedApproval> counted;
  std::vector<std::string> passed_over;  ///< in words: those that do not count, and why
  policy::MissingApprovals missing;
};
[[nodiscard]] JudgedApprovals judge_approvals(std::vector<RecordedApproval> approvals, const envelope::Approval& wanted,
                                              const policy::Approvals& asked, const Inputs& inputs);

/// The report that was prepared. `report_id` is empty and `number` 0 if the ledger does not know it yet.
struct ApprovedReport {
  const std::string& report_id;
  std::uint64_t number;
  const std::string& note;
};
/// Holds what was prepared to leave where approvals are missing. Otherwise `prepared.approvals` has those that count.
[[nodiscard]] Result<void> hold_unless_approved(Prepared& prepared, const Inputs& inputs, const ledger::Ledger& ledger,
                                                const ApprovedReport& report);

}  // namespace airlock::gate
