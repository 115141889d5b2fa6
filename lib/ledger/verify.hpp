#pragma once
/// \file
/// The integrity check of a whole ledger: leaves, tree, checkpoints, counters, links, caches. It reports the first
/// fault. gate/ checks the files beside the ledger.
///
/// It cannot find two things: entries that are missing at the end and that no checkpoint in the file covers, and a
/// ledger that somebody with its key wrote anew. To find those, compare `Ledger::head` with a checkpoint that was kept
/// elsewhere.

#include <cstdint>
#include <optional>
#include <string>

#include "core/progress.hpp"
#include "crypto/note.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

struct VerifiedLedger {
  std::uint64_t entries = 0;
  /// Those that were kept. Those inside `sealed` and `queued` entries are verified too, and not counted.
  std::uint64_t checkpoints = 0;
  std::uint64_t reports = 0;
  std::uint64_t disclosures = 0;
  TreeHead head;
  /// Entries whose time is earlier than that of the entry before them, and the seq of the first of these. A clock that
  /// went back is no fault of the ledger, but somebody should know.
  std::uint64_t times_back = 0;
  std::optional<std::uint64_t> first_time_back;
};

/// Reads the ledger in pages, in bounded memory, and locks nobody out for longer than a page takes, except for the
/// check of SQLite at the end. Entries that are appended meanwhile are verified too. `verifier` is the key that the
/// caller trusts. Errors: integrity, naming entry and fault; those of SQLite, such as not_recorded.
[[nodiscard]] core::Result<VerifiedLedger> verify(const Ledger& ledger, const crypto::NoteVerifier& verifier,
                                                  core::ProgressSink& progress = core::no_progress());

}  // namespace airlock::ledger
