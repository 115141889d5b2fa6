#pragma once
/// \file
/// What is in force at a site and why: `airlock status`.

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

using core::Time;
using core::Result;

/// Disclosures that `Status::copied` is about: a year of weekly reports.
inline constexpr std::size_t copies_counted_of = 52;

/// Members with one declared path that went because they held copies of what was taken out elsewhere.
struct CopiedAway {
  std::string path;
  std::uint64_t members = 0;
  std::uint64_t disclosures = 0;  ///< of how many they went
};

struct Status {
  gate::Inputs inputs;
  std::vector<Standing> standings;           ///< empty without a kit
  std::vector<gate::OwnRedaction> own_redactions;  ///< `redact_also` of the site and the machine
  std::string certificate_sha256;  ///< of the site's signing certificate (DER), hex; empty where it cannot be read
  std::uint64_t reports = 0;
  std::uint64_t disclosures = 0;
  std::uint64_t held = 0;                  ///< reports that wait as `held`
  std::uint64_t refused = 0;               ///< and as `refused`
  std::vector<gate::WaitingGroup> waiting;       ///< the same by reason
  ledger::Ledger::Waiting queue;           ///< payloads that wait to be sent
  std::uint64_t bundles = 0;               ///< in the outbox, named by no receipt
  std::uint64_t handed_over = 0;           ///< how many of these were handed over
  std::uint64_t acknowledged = 0;          ///< bundles in the outbox that a receipt has named, until their time is over
  std::optional<gate::ImportedReceipt> receipt;  ///< the newest
  std::uint64_t unfinished = 0;            ///< what the next run will finish or undo
  ledger::TreeHead head;
  std::optional<Time> newest_time;
  std::optional<Time> newest_trusted;                 ///< what the clock guard goes by
  std::optional<ledger::Disclosure> last_disclosure;  ///< the newest that left, or is about to
  std::vector<CopiedAway> copied;                     ///< what went as a copy of the newest disclosures, by path
  std::vector<policy::AlsoNew> also_new;              ///< what a person consented to of kits to come
  std::optional<Schedule> schedule;                   ///< nothing where reports have no rhythm, or the site withholds
};

[[nodiscard]] Result<Status> status(const std::string& directory);

}  // namespace airlock::health
