#include "delivery/sender.hpp"

#include <algorithm>

#include "crypto/hash.hpp"
#include "gate/open.hpp"
#include "gate/read_inputs.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"

namespace airlock::delivery {
namespace {

constexpr std::size_t page = 200;

void count(SendRound& round, SendOutcome outcome) {
  if (outcome == SendOutcome::sent) ++round.sent;
  if (outcome == SendOutcome::withdrawn) ++round.withdrawn;
  if (outcome == SendOutcome::payload_lost) ++round.lost;
  if (outcome == SendOutcome::held) ++round.held;
}

}  // namespace

std::optional<core::Code> SendRound::code() const {
  if (lost != 0) return core::Code::integrity;
  if (waiting > held || failed != 0) return core::Code::later;
  if (withdrawn != 0 || held != 0) return core::Code::refused;
  return std::nullopt;
}

Result<SendRound> send_round(const std::string& directory, const SendOptions& options,
                             const std::function<void(const SendEvent&)>& tell) {
  // The first use of crypto/ starts OpenSSL without its configuration file; libcurl would start it with that file.
  (void)crypto::sha256("");
  AIRLOCK_TRY(const auto site, site::Site::open(directory, *options.world));
  AIRLOCK_TRY(const auto lock, gate::lock_site(site, gate::Patience::report, site::layout::send_lock));
  AIRLOCK_TRY(auto attempts, Attempts::open(site, options));

  SendRound round;
  AIRLOCK_TRY(const auto all_until, attempts.all_wait_until());
  bool go_on = !all_until;
  round.next_try = all_until;
  for (std::uint64_t from = 1; go_on;) {
    AIRLOCK_TRY(const auto rows, attempts.ledger().waiting(from, page));
    for (const ledger::Disclosure& row : rows) {
      from = row.disclosure + 1;
      if (options.stop && options.stop()) go_on = false;
      if (!go_on) break;
      if (!options.now && row.stage == ledger::Stage::failed) continue;
      if (!options.now && row.next_try && *row.next_try > site.world().now()) {
        round.next_try = std::min(round.next_try.value_or(*row.next_try), *row.next_try);
        continue;
      }
      AIRLOCK_TRY(const auto ended, attempts.run(row));
      count(round, ended.event.outcome);
      if (ended.event.outcome != SendOutcome::skipped) tell(ended.event);
      go_on = ended.go_on;
    }
    if (rows.size() < page) break;
  }
  AIRLOCK_TRY(const auto left, attempts.ledger().count_waiting());
  round.waiting = left.queued;
  round.failed = left.failed;
  if (!round.next_try) {
    AIRLOCK_TRY(const auto rows, attempts.ledger().waiting(1, page));
    for (const ledger::Disclosure& row : rows) {
      if (row.next_try) round.next_try = std::min(round.next_try.value_or(*row.next_try), *row.next_try);
    }
  }
  return round;
}

Result<std::vector<CheckedDestination>> check_destinations(const std::string& directory,
                                                           const EnvironmentProxy& environment) {
  (void)crypto::sha256("");
  AIRLOCK_TRY(const auto site, site::Site::open(directory));
  AIRLOCK_TRY(const auto ledger, gate::open_to_read(site));
  AIRLOCK_TRY(const gate::Inputs inputs, gate::read_inputs(site, ledger));
  std::vector<CheckedDestination> out;
  for (const published::Destination& destination : inputs.destinations()) {
    CheckedDestination checked{.type = destination.type, .url = destination.url, .sound = false, .message = {}};
    auto target = Target::open(site, destination, environment);
    if (!target) {
      checked.message = target.error().message;
    } else if (const net::Reply reply = target->client().check(); !reply.answer) {
      checked.message = reply.error.message;
    } else {
      // A receiver need not support HEAD. What counts is that it was reached and accepted our credentials.
      const long status = reply.answer->status;
      checked.sound = status < 300 || status == 404 || status == 405 || status == 501;
      checked.message = "reached, certificate verified; it answers " + std::to_string(status);
    }
    out.push_back(std::move(checked));
  }
  return out;
}

}  // namespace airlock::delivery
