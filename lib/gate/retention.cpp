#include "gate/retention.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "gate/acknowledged.hpp"
#include "gate/append.hpp"
#include "gate/history.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/report_row.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;

Result<void> record_expired(ledger::Ledger& ledger, const std::string& report_id, const Json& members, core::Time now) {
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(append(change, ledger::Kind::expired, report_id, members, now));
  AIRLOCK_CHECK(change.commit());
  return {};
}

Result<void> expire_held(const site::Site& site, ledger::Ledger& ledger, core::Time now, std::int64_t days,
                         Expired& out) {
  AIRLOCK_TRY(const auto waiting, waiting_reports(site, ledger));
  for (const ledger::ReportRow& row : waiting) {
    if (row.latest_time + std::chrono::days(days) > now) continue;
    // The index is not verified, so read the entry itself before removing bytes.
    AIRLOCK_TRY(const auto since, ledger.entry(row.latest_seq));
    if (!waits(since.kind) || since.report_id != row.report_id) continue;
    if (since.time + std::chrono::days(days) > now) continue;
    const Json members{{"number", row.number}, {"what", "held report"}, {"after_days", days}};
    AIRLOCK_CHECK(record_expired(ledger, row.report_id, members, now));
    AIRLOCK_CHECK(sys::remove_if_file(kept_path(site, row.report_id)));
    ++out.held;
  }
  return {};
}

/// Whether an interrupted run has already recorded `expired` for this disclosure.
Result<bool> is_recorded(const ledger::Ledger& ledger, const ledger::Disclosure& disclosure) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_disclosure(disclosure.id));
  return std::any_of(entries.begin(), entries.end(),
                     [](const ledger::Entry& entry) { return entry.kind == ledger::Kind::expired; });
}

/// Expires bundles. The age of a waiting bundle counts from its disclosure, that of an acknowledged one from its
/// receipt.
Result<void> expire_bundles(const site::Site& site, ledger::Ledger& ledger, core::Time now, Expired& out) {
  const auto& configuration = site.configuration();
  // A bundle younger than the shorter time cannot expire, so its entries need not be read.
  const std::int64_t least = std::min(configuration.bundle_days, configuration.payload_days);
  AIRLOCK_TRY(const auto bundles, bundles_in_outbox(site, ledger, now - std::chrono::days(least)));
  for (const BundleInOutbox& bundle : bundles) {
    const ledger::Disclosure& disclosure = bundle.disclosure;
    const auto& acknowledged = bundle.hand_off.acknowledged;
    const std::int64_t days = acknowledged ? configuration.bundle_days : configuration.payload_days;
    if (acknowledged.value_or(disclosure.time) + std::chrono::days(days) > now) continue;
    AIRLOCK_TRY(const bool recorded, is_recorded(ledger, disclosure));
    if (!recorded) {
      const Json members{{"number", disclosure.number},
                         {"disclosure_id", disclosure.id},
                         {"what", acknowledged ? "acknowledged bundle" : "bundle"},
                         {"after_days", days}};
      AIRLOCK_CHECK(record_expired(ledger, disclosure.report_id, members, now));
    }
    AIRLOCK_CHECK(remove_bundle(site, disclosure.file));
    ++out.bundles;
  }
  return {};
}

}  // namespace

Result<Expired> expire(const site::Site& site, ledger::Ledger& ledger, core::Time now) {
  Expired out;
  const auto& configuration = site.configuration();
  AIRLOCK_TRY(const auto newest, ledger.newest_time());
  if (!newest || now > *newest + retention_leap_maximum) return out;
  AIRLOCK_CHECK(expire_held(site, ledger, now, configuration.held_days, out));
  AIRLOCK_CHECK(expire_bundles(site, ledger, now, out));
  return out;
}

}  // namespace airlock::gate
