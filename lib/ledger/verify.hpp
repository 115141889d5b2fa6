#pragma once
/// \file
/// The integrity check of a whole ledger, as a library function: leaves, tree, checkpoints, counters, links, caches.
/// Names the first thing that is wrong. Files beside the ledger are the caller's business (gate/). What it cannot know:
/// whether entries are missing at the end that no checkpoint in the file covers, or whether somebody with the ledger's
/// key wrote all anew; for both, compare `head` with a checkpoint that was kept elsewhere (`Ledger::head`).

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/note.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

struct VerifiedLedger {
  std::uint64_t entries = 0;
  std::uint64_t checkpoints =
      0;  ///< kept ones; those inside `sealed` and `queued` entries are verified too and not counted
  std::uint64_t reports = 0;
  std::uint64_t disclosures = 0;
  TreeHead head;
  /// Entries with a time before that of the entry before them, and the first of these: a clock that went back is no
  /// fault of the ledger, but worth a look.
  std::uint64_t times_back = 0;
  std::optional<std::uint64_t> first_time_back;
};

/// Reads the ledger in pages, in bounded memory, and locks nobody out for longer than a page takes, until SQLite's own
/// check at the end; entries that are appended meanwhile are verified too. Errors: integrity, naming entry and fault;
/// not_recorded and the like from SQLite.
[[nodiscard]] core::Result<VerifiedLedger> verify(const Ledger& ledger, const crypto::NoteVerifier& verifier);

}  // namespace airlock::ledger
