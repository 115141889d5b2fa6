#include "gate/discard.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "core/text.hpp"
#include "gate/append.hpp"
#include "gate/kept.hpp"
#include "gate/open.hpp"
#include "gate/record.hpp"
#include "gate/recovery.hpp"
#include "sys/file.hpp"
#include "sys/system.hpp"

namespace airlock::gate {
namespace {

using core::Code;
using core::fail;
using core::Json;
using core::Result;

/// Payloads of the report that were given up, and could be sent once more.
Result<std::vector<ledger::Disclosure>> given_up(const ledger::Ledger& ledger, const std::string& report_id) {
  AIRLOCK_TRY(auto all, ledger.disclosures_of_report(report_id));
  std::erase_if(all, [](const ledger::Disclosure& each) { return !ledger::waits_to_be_sent(each.stage); });
  return all;
}

Result<std::uint64_t> others_with_same_bytes(const site::Site& site, const ledger::Ledger& ledger,
                                             const std::string& report_id) {
  AIRLOCK_TRY(const auto original, ledger.original(report_id));
  if (!original) return 0;
  AIRLOCK_TRY(const auto same, ledger.originals(original->sha256));
  std::uint64_t out = 0;
  for (const ledger::Original& each : same) {
    if (each.report_id == report_id || !sys::exists(kept_path(site, each.report_id))) continue;
    AIRLOCK_TRY(const auto row, ledger.report_of(each.report_id));
    if (row && waits(row->latest)) ++out;
  }
  return out;
}

}  // namespace

Result<Discarded> discard(const std::string& directory, std::uint64_t number, const std::string& reason) {
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto lock, sys::Lock::acquire(site.path(site::layout::lock), lock_seconds));
  AIRLOCK_TRY(auto ledger, open_to_write(site));
  AIRLOCK_CHECK(recover(site, ledger, sys::now()));
  AIRLOCK_TRY(const auto row, ledger.report(number));
  if (!row || !waits(row->latest)) {
    return fail(Code::usage,
                row ? "report " + std::to_string(number) + " does not wait: it is " +
                          std::string(ledger::name(row->latest))
                    : "there is no report " + std::to_string(number),
                "`airlock status` says which reports wait");
  }
  AIRLOCK_TRY(const auto payloads, given_up(ledger, row->report_id));
  AIRLOCK_TRY(auto change, ledger.change());
  for (const ledger::Disclosure& payload : payloads) {
    const Json members{{"number", number},
                       {"disclosure_id", payload.id},
                       {"reason", "discarded"},
                       {"delivered", payload.uncertain ? "unknown" : "no"}};
    AIRLOCK_CHECK(append(change, ledger::Kind::withdrawn, row->report_id, members, sys::now()));
  }
  const Json members{{"number", number}, {"was", ledger::name(row->latest)}, {"reason", reason}};
  AIRLOCK_CHECK(append(change, ledger::Kind::discarded, row->report_id, members, sys::now()));
  Discarded out{.number = number,
                .report_id = row->report_id,
                .was = std::string(ledger::name(row->latest)),
                .same_bytes = 0,
                .head = {}};
  AIRLOCK_TRY(out.head, change.commit());
  AIRLOCK_CHECK(sys::remove_file(kept_path(site, row->report_id)));
  for (const ledger::Disclosure& payload : payloads) {
    AIRLOCK_CHECK(sys::remove_file(site.path(site::layout::outbox) + "/" + payload.file));
  }
  AIRLOCK_TRY(out.same_bytes, others_with_same_bytes(site, ledger, row->report_id));
  return out;
}

}  // namespace airlock::gate
