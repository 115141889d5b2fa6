#include "gate/retention.hpp"

#include <nlohmann/json.hpp>

#include "core/text.hpp"
#include "gate/append.hpp"
#include "gate/history.hpp"
#include "gate/recovery.hpp"
#include "sys/file.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;

constexpr std::size_t expiry_page = 500;

Result<void> record_expired(ledger::Ledger& ledger, const std::string& report_id, const Json& members, core::Time now) {
  AIRLOCK_TRY(auto change, ledger.change());
  AIRLOCK_CHECK(append(change, ledger::Kind::expired, report_id, members, now));
  AIRLOCK_CHECK(change.commit());
  return {};
}

Result<void> expire_held(const site::Site& site, ledger::Ledger& ledger, core::Time now, std::int64_t days,
                         Expired& out) {
  AIRLOCK_TRY(const auto held, held_reports(ledger));
  for (const ledger::ReportRow& row : held) {
    AIRLOCK_TRY(const auto since, ledger.entry(row.latest_seq));
    if (since.time + std::chrono::days(days) > now) continue;
    const Json members{{"number", row.number}, {"what", "held report"}, {"after_days", days}};
    AIRLOCK_CHECK(record_expired(ledger, row.report_id, members, now));
    AIRLOCK_CHECK(sys::remove_file(site.path(site::layout::held) + "/" + row.report_id));
    ++out.held;
  }
  return {};
}

Result<bool> is_recorded(const ledger::Ledger& ledger, const ledger::Disclosure& disclosure) {
  AIRLOCK_TRY(const auto entries, ledger.entries_of_report(disclosure.report_id, disclosure.recorded));
  for (const ledger::Entry& entry : entries) {
    if (entry.kind != ledger::Kind::expired) continue;
    AIRLOCK_TRY(const Json json, core::parse_json(entry.body, "ledger entry " + std::to_string(entry.seq),
                                                  {.bytes = ledger::entry_limit}));
    if (json.value("disclosure_id", "") == disclosure.id) return true;
  }
  return false;
}

Result<void> expire_bundles(const site::Site& site, ledger::Ledger& ledger, core::Time now, std::int64_t days,
                            Expired& out) {
  for (std::uint64_t from = 1;;) {
    AIRLOCK_TRY(const auto page, ledger.disclosures(from, expiry_page));
    for (const ledger::Disclosure& disclosure : page) {
      from = disclosure.disclosure + 1;
      if (disclosure.time + std::chrono::days(days) > now) return {};
      if (disclosure.stage != ledger::Stage::released) continue;
      const std::string bundle = site.path(site::layout::outbox) + "/" + disclosure.file;
      if (!sys::exists(bundle)) continue;
      AIRLOCK_TRY(const bool recorded, is_recorded(ledger, disclosure));
      if (!recorded) {
        const Json members{
            {"number", disclosure.number}, {"disclosure_id", disclosure.id}, {"what", "bundle"}, {"after_days", days}};
        AIRLOCK_CHECK(record_expired(ledger, disclosure.report_id, members, now));
      }
      AIRLOCK_CHECK(remove_bundle(site, disclosure));
      ++out.bundles;
    }
    if (page.size() < expiry_page) return {};
  }
}

}  // namespace

Result<Expired> expire(const site::Site& site, ledger::Ledger& ledger, core::Time now) {
  Expired out;
  const auto& configuration = site.configuration();
  if (!configuration.held_days && !configuration.payload_days) return out;
  AIRLOCK_TRY(const auto newest, ledger.newest_time());
  if (!newest || now > *newest + retention_leap_most) return out;
  if (configuration.held_days) AIRLOCK_CHECK(expire_held(site, ledger, now, *configuration.held_days, out));
  if (configuration.payload_days) AIRLOCK_CHECK(expire_bundles(site, ledger, now, *configuration.payload_days, out));
  return out;
}

}  // namespace airlock::gate
