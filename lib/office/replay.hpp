#pragma once
/// \file
/// Whether what a ledger records was allowed when it was recorded: nothing disclosed during a hold, every decision
/// nowhere looser than the ceiling of its time, each licence and kit that a decision names the newest before it. For
/// `ledger verify`, after the ledger was verified in itself, so that rows which were changed for a moment while a
/// report was processed are found when they are put back.

#include <cstdint>

#include "core/result.hpp"
#include "ledger/ledger.hpp"

namespace airlock::office {

struct Replayed {
  std::uint64_t decisions = 0;  ///< that were compared with the ceiling of their time
  std::uint64_t without = 0;    ///< disclosures of older Airlocks, whose entries do not say how they were decided
};

/// Reads the entries in pages. Errors: integrity, naming the entry and what was not allowed; of the machine.
[[nodiscard]] core::Result<Replayed> replay(const ledger::Ledger& ledger);

}  // namespace airlock::office
