#pragma once
/// \file
/// `airlock status`: which kit, licence and decisions are in force at a site and why, and how many reports wait.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/acknowledged.hpp"
#include "gate/inputs.hpp"
#include "gate/kept.hpp"
#include "gate/own_redactions.hpp"
#include "health/schedule.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "policy/also_new.hpp"

namespace airlock::health {

using core::Result;
using core::Time;

/// The number of newest disclosures that `Status::copied` counts over: a year of weekly reports.
inline constexpr std::size_t copies_counted_of = 52;

/// The members at one declared path that were taken out because they held copies of a value that was taken out
/// elsewhere.
struct CopiedAway {
  std::string path;
  std::uint64_t members = 0;
  std::uint64_t disclosures = 0;  ///< the number of disclosures from which such members were taken out
};

struct Status {
  gate::Inputs inputs;
  std::vector<Standing> standings;                 ///< empty without a kit
  std::vector<gate::OwnRedaction> own_redactions;  ///< `redact_also` of the site and the machine
  std::string certificate_sha256;  ///< of the site's signing certificate (DER), hex; empty where it cannot be read
  std::uint64_t reports = 0;
  std::uint64_t disclosures = 0;
  std::uint64_t held = 0;                        ///< reports that wait as `held`
  std::uint64_t refused = 0;                     ///< reports that wait as `refused`
  std::vector<gate::WaitingGroup> waiting;       ///< the held and refused reports, grouped by reason
  ledger::Ledger::Waiting queue;                 ///< payloads that wait to be sent
  std::uint64_t bundles = 0;                     ///< bundles in the outbox that no receipt has named
  std::uint64_t handed_over = 0;                 ///< how many of `bundles` were handed over
  std::uint64_t acknowledged = 0;                ///< bundles in the outbox that a receipt has named
  std::optional<gate::ImportedReceipt> receipt;  ///< the newest imported receipt
  std::uint64_t unfinished = 0;  ///< disclosures that were cut short; the next run finishes or undoes them
  ledger::TreeHead head;
  std::optional<Time> newest_time;
  std::optional<Time> newest_trusted;                 ///< the time that the clock guard compares the clock with
  std::optional<ledger::Disclosure> last_disclosure;  ///< the newest disclosure that left or is about to leave
  std::vector<CopiedAway> copied;                     ///< members taken out as copies, by path
  std::vector<policy::AlsoNew> also_new;              ///< standing consents to new values in later kits
  std::optional<Schedule> schedule;                   ///< nothing if reports have no interval, or the site withholds
};

/// Reads the status of the site in `directory`. Errors: those of site, configuration and ledger. A missing or invalid
/// kit or licence is no error: the status says so.
[[nodiscard]] Result<Status> status(const std::string& directory);

}  // namespace airlock::health
