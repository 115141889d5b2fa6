#include "gate/retention.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "gate/history.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/kind.hpp"
#include "ledger/report_row.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"

namespace airlock::gate {
namespace {

using core::Json;
using core::Result;

Result<void> expire_held(Session& session) {
  const std::int64_t days = session.site().configuration().held_days;
  const core::Time now = session.now();
  AIRLOCK_TRY(const auto waiting, waiting_reports(session.site(), session.ledger()));
  for (const ledger::ReportRow& row : waiting) {
    if (row.latest_time + std::chrono::days(days) > now) continue;
    // The index is not verified, so read the entry itself before removing bytes.
    AIRLOCK_TRY(const auto since, session.ledger().entry(row.latest_seq));
    if (!waits(since.kind) || since.report_id != row.report_id) continue;
    if (since.time + std::chrono::days(days) > now) continue;
    const Json members{{"number", row.number}, {"what", "held report"}, {"after_days", days}};
    AIRLOCK_CHECK(session.append(ledger::Kind::expired, row.report_id, members));
    AIRLOCK_CHECK(sys::remove_if_file(kept_path(session.site(), row.report_id), session.site().world()));
  }
  return {};
}

/// Expires a bundle that left, or a payload that was sent. The age of a bundle that waits counts from its disclosure,
/// that of an acknowledged one from its receipt, and that of a payload from when it was sent.
Result<void> expire_file(Session& session, const ledger::Disclosure& disclosure, bool is_bundle) {
  const site::Site& site = session.site();
  AIRLOCK_TRY(const auto entries, session.ledger().entries_of_disclosure(disclosure.id));
  const auto first = [&](std::initializer_list<ledger::Kind> kinds) {
    return std::find_first_of(entries.begin(), entries.end(), kinds.begin(), kinds.end(),
                              [](const ledger::Entry& entry, ledger::Kind kind) { return entry.kind == kind; });
  };
  const auto arrived = first({ledger::Kind::sent, ledger::Kind::acknowledged});
  const bool is_waiting = arrived == entries.end();
  const std::int64_t days = is_waiting ? site.configuration().payload_days : site.configuration().bundle_days;
  if ((is_waiting ? disclosure.time : arrived->time) + std::chrono::days(days) > session.now()) return {};
  // An interrupted run may have recorded it already.
  if (first({ledger::Kind::expired}) == entries.end()) {
    const Json members{{"number", disclosure.number},
                       {"disclosure_id", disclosure.id},
                       {"what", is_waiting  ? "bundle"
                                : is_bundle ? "acknowledged bundle"
                                            : "sent payload"},
                       {"after_days", days}};
    AIRLOCK_CHECK(session.append(ledger::Kind::expired, disclosure.report_id, members));
  }
  // The instructions go first: as long as the bundle is there, the next run tries again.
  if (is_bundle) AIRLOCK_CHECK(sys::remove_if_file(in_outbox(site, instructions_name(disclosure.file)), site.world()));
  return sys::remove_if_file(in_outbox(site, disclosure.file), site.world());
}

Result<void> expire_outbox(Session& session) {
  const auto& configuration = session.site().configuration();
  const ledger::Ledger& ledger = session.ledger();
  // A file younger than the shorter time cannot expire, so its entries need not be read.
  const std::chrono::days shorter(std::min(configuration.bundle_days, configuration.payload_days));
  const auto may_be_due = [&](const std::optional<ledger::Disclosure>& disclosure, const std::string& name,
                              const OutboxName& known) {
    const auto left = known.is_bundle ? ledger::Stage::released : ledger::Stage::sent;
    return disclosure && disclosure->stage == left && disclosure->file == name &&
           disclosure->time + shorter <= session.now();
  };
  AIRLOCK_TRY(const auto names, sys::list_directory(session.site().path(site::layout::outbox)));
  std::vector<std::pair<std::string, OutboxName>> found;
  {
    AIRLOCK_TRY(const auto reading, ledger.reading());
    for (const std::string& name : names) {
      const auto known = outbox_name(name);
      if (!known) continue;
      AIRLOCK_TRY(const auto row, ledger.unproven_disclosure(known->disclosure_id));
      if (may_be_due(row, name, *known)) found.emplace_back(name, *known);
    }
  }
  for (const auto& [name, known] : found) {
    AIRLOCK_TRY(const auto disclosure, ledger.disclosure(known.disclosure_id));
    if (!may_be_due(disclosure, name, known)) continue;
    AIRLOCK_CHECK(expire_file(session, *disclosure, known.is_bundle));
  }
  return {};
}

}  // namespace

Result<void> expire(Session& session) {
  AIRLOCK_TRY(const auto newest, session.ledger().newest_time());
  if (!newest || session.now() > *newest + retention_leap_maximum) return {};
  AIRLOCK_CHECK(expire_held(session));
  return expire_outbox(session);
}

}  // namespace airlock::gate
