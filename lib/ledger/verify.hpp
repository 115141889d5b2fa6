#pragma once
/// \file
/// The integrity check of a whole ledger, as a library function: leaves, tree, checkpoints, counters, links, caches.
/// Names the first thing that is wrong. Files beside the ledger are the caller's business (gate/).

#include <cstdint>
#include <string>

#include "crypto/note.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

struct Checked {
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t reports = 0;
  std::uint64_t disclosures = 0;
  TreeHead head;
};

/// Errors: integrity, naming entry and fault; not_recorded and the like from SQLite.
[[nodiscard]] core::Result<Checked> verify(const Ledger& ledger, const crypto::NoteVerifier& verifier);

}  // namespace airlock::ledger
