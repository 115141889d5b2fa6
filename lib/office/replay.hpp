#pragma once
/// \file
/// Checks that everything in a ledger was allowed when it was recorded: no disclosure during a hold, no decision looser
/// than the ceiling of its time, and each decision by the newest licence and kit before it. `ledger verify` runs this
/// after it has verified the ledger on its own. So it detects an attacker who changed rows while a report was processed
/// and put them back afterwards.

#include <cstdint>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"

namespace airlock::office {

struct Replayed {
  std::uint64_t decisions = 0;  ///< decisions that were compared with the ceiling of their time
  std::uint64_t without = 0;    ///< disclosures by older releases, whose entries do not record the decision's terms
};

/// Replays all entries, page by page. Errors: integrity (the message names the entry and what was not allowed), those
/// of reading the ledger.
[[nodiscard]] core::Result<Replayed> replay(const ledger::Ledger& ledger,
                                            core::ProgressSink& progress = core::no_progress());

}  // namespace airlock::office
