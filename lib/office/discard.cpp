#include "office/discard.hpp"

#include <nlohmann/json.hpp>

#include "core/json.hpp"
#include "gate/kept.hpp"
#include "gate/names.hpp"
#include "gate/record.hpp"
#include "gate/recovery.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "ledger/report_row.hpp"
#include "sys/look.hpp"
#include "sys/names.hpp"

namespace airlock::office {
namespace {

using core::Json;
using core::Result;

Result<std::uint64_t> others_with_same_bytes(const site::Site& site, const ledger::Ledger& ledger,
                                             const std::string& report_id) {
  AIRLOCK_TRY(const auto original, ledger.original(report_id));
  if (!original) return 0;
  AIRLOCK_TRY(const auto same, ledger.originals(original->sha256));
  std::uint64_t out = 0;
  for (const ledger::Original& each : same) {
    if (each.report_id == report_id || !sys::exists(gate::kept_path(site, each.report_id))) continue;
    AIRLOCK_TRY(const auto row, ledger.report_of(each.report_id));
    if (row && gate::waits(row->latest)) ++out;
  }
  return out;
}

}  // namespace

Result<Discarded> discard(const std::string& directory, std::uint64_t number, const std::string& reason,
                          const sys::World& world) {
  AIRLOCK_TRY(auto session,
              gate::begin_session(directory, gate::Patience::report, gate::Unfinished::is_finished, world));
  const site::Site& site = session.site();
  const ledger::Ledger& ledger = session.ledger();
  AIRLOCK_TRY(const auto row, gate::waiting_row(ledger, number));
  const std::string was(ledger::name(row.latest));
  AIRLOCK_TRY(const auto given_up, gate::given_up_of(ledger, row.report_id));
  AIRLOCK_TRY(auto change, session.change());
  AIRLOCK_CHECK(gate::withdraw(change, given_up, "discarded"));
  const Json members{{"number", number}, {"was", was}, {"reason", reason}};
  AIRLOCK_CHECK(change.append(ledger::Kind::discarded, row.report_id, members));
  Discarded out{.number = number, .report_id = row.report_id, .was = was, .same_bytes = 0, .head = {}};
  AIRLOCK_TRY(out.head, change.commit());
  AIRLOCK_CHECK(sys::remove_file(gate::kept_path(site, row.report_id), site.world()));
  AIRLOCK_CHECK(gate::remove_payloads(site, given_up));
  AIRLOCK_TRY(out.same_bytes, others_with_same_bytes(site, ledger, row.report_id));
  return out;
}

}  // namespace airlock::office
