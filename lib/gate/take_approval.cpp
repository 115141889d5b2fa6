#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "gate/approvals.hpp"
#include "gate/kept.hpp"
#include "gate/open.hpp"
#include "gate/process.hpp"
#include "gate/read_inputs.hpp"
#include "gate/signed_drops.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::quote;
using core::Result;

/// One approval from its verified signature to its entry.
class Approving {
 public:
  Approving(const site::Site& site, const SignedDrop& drop) : site_(site), drop_(drop) {}

  Result<TakenDrop> run() {
    auto parsed = envelope::parse_approval(drop_.document.text);
    if (!parsed) return refuse("damaged", parsed.error().message);
    approval_ = std::move(*parsed);
    out_.number = approval_.number;
    if (approval_.site_id != site_.configuration().site_id) {
      out_.number = 0;
      return refuse("site", "is for site " + quote(approval_.site_id));
    }
    AIRLOCK_TRY(const auto ledger, open_to_decide(site_));
    AIRLOCK_TRY(const auto row, ledger.report(approval_.number));
    if (!row) return refuse("not_waiting", "there is no report " + std::to_string(approval_.number));
    out_.report_id = row->report_id;
    AIRLOCK_TRY(const Inputs inputs, read_inputs(site_, ledger));
    if (const auto no_officer = is_no_officer(drop_.document.signer, inputs)) {
      return refuse(no_officer->reason, no_officer->message);
    }
    // Outside the lock: this decides on the report, which may be large.
    auto preview = preview_waiting(site_.directory(), approval_.number, {});
    if (!preview) {
      if (preview.error().code != core::Code::usage) return core::fail(std::move(preview).error());
      return not_waiting(preview.error().message);
    }
    return judge(*preview);
  }

 private:
  Result<TakenDrop> refuse(std::string_view reason, std::string message) {
    out_.reason = reason;
    out_.message = std::move(message);
    return std::move(out_);
  }

  /// A report that does not wait may have left by this very approval, before a crash.
  Result<TakenDrop> not_waiting(const std::string& why) {
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    AIRLOCK_TRY(const bool known, is_known(session.ledger(), out_.report_id));
    if (known) return std::move(out_);
    return refuse("not_waiting", why);
  }

  Result<bool> is_known(const ledger::Ledger& ledger, const std::string& report_id) {
    AIRLOCK_TRY(recorded_, approvals_of(ledger, report_id));
    out_.was_known = std::any_of(recorded_.begin(), recorded_.end(),
                                 [&](const RecordedApproval& each) { return each.drop == drop_.id; });
    return out_.was_known;
  }

  Result<TakenDrop> judge(const Preview& preview) {
    const Prepared& prepared = preview.result.prepared;
    const policy::Approvals asked = preview.inputs.approvals();
    if (asked.none()) return refuse("not_asked", "nobody asks for approvals at this site");
    if (!prepared.payload) {
      return refuse("not_waiting", "report " + std::to_string(approval_.number) +
                                       " does not wait for an approval: " + preview.result.message);
    }
    const auto wanted = approval_wanted(prepared, preview.inputs, approval_.number, preview.note);
    if (const auto other = envelope::mismatch(approval_, wanted)) return refuse(other->reason, other->message);
    if (drop_.dropper.is_operator && !asked.by_operator) {
      return refuse("operator", "the operator of this site dropped it, and may not approve here");
    }
    return record(preview, wanted, asked);
  }

  Result<TakenDrop> record(const Preview& preview, const envelope::Approval& wanted, const policy::Approvals& asked) {
    AIRLOCK_TRY(auto session, Session::begin(site_, Patience::report, NewerOrders::are_left));
    AIRLOCK_TRY(const bool known, is_known(session.ledger(), out_.report_id));
    if (known) return std::move(out_);
    if (const auto row = waiting_row(session.ledger(), approval_.number); !row) {
      return refuse("not_waiting", row.error().message);
    }
    const JudgedApprovals before = judge_approvals(std::move(recorded_), wanted, asked, preview.inputs);
    const auto key = drop_.document.signer.key();
    const bool has_signed = std::any_of(before.counted.begin(), before.counted.end(),
                                        [&](const RecordedApproval& each) { return each.signer.key() == key; });
    if (has_signed) return refuse("twice", quote(drop_.document.signer.subject()) + " has approved this already");
    Json members{{"number", approval_.number}};
    if (const auto kinds = site::kinds_of(preview.inputs.officers.with(drop_.document.signer)); !kinds.empty()) {
      members["kinds"] = kinds;
    }
    members.update(drop_members(drop_));
    members["payload_sha256"] = approval_.payload_sha256;
    members["decision_sha256"] = approval_.decision_sha256;
    members["statement_sha256"] = crypto::sha256(drop_.document.text).hex();
    members["approval"] = drop_.pem;
    AIRLOCK_CHECK(session.append(ledger::Kind::approved, out_.report_id, members));
    out_.accepted = true;
    out_.message =
        "report " + std::to_string(approval_.number) + " is approved by " + quote(drop_.document.signer.subject());
    return std::move(out_);
  }

  const site::Site& site_;
  const SignedDrop& drop_;
  envelope::Approval approval_;
  std::vector<RecordedApproval> recorded_;
  TakenDrop out_;
};

}  // namespace

Result<TakenDrop> take_approval(const site::Site& site, const SignedDrop& drop) { return Approving(site, drop).run(); }

}  // namespace airlock::gate
