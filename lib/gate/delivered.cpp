#include "gate/delivered.hpp"

#include "gate/open.hpp"
#include "ledger/disclosure.hpp"

namespace airlock::gate {

core::Result<void> look_after_delivery(const std::string& directory, Processed& processed) {
  if (processed.outcome != ReportOutcome::queued) return {};
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, open_to_read(site));
  AIRLOCK_TRY(const auto disclosure, ledger.disclosure(processed.disclosure_id));
  AIRLOCK_TRY(processed.head, ledger.head());
  if (!disclosure) return core::fail(core::Code::unexpected, "the ledger lost disclosure " + processed.disclosure_id);
  switch (disclosure->stage) {
    case ledger::Stage::sent:
      processed.outcome = ReportOutcome::sent;
      processed.message.clear();
      processed.hint.clear();
      break;
    case ledger::Stage::withdrawn:
      processed.outcome = ReportOutcome::withdrawn;
      processed.message = "the decision became stricter before the report could be sent";
      processed.hint = "`airlock process --again` makes a new decision";
      break;
    case ledger::Stage::payload_lost:
      processed.outcome = ReportOutcome::payload_lost;
      processed.message = "the payload on disk differs from the one that was queued";
      processed.hint = "check the disk, then run again with `--again`";
      break;
    default:
      if (!disclosure->last_error.empty()) processed.message = "not sent yet: " + disclosure->last_error;
  }
  return {};
}

}  // namespace airlock::gate
