#pragma once
/// \file
/// Adds entries, their proofs and the checkpoints to an evidence archive. Nothing is added that does not verify.

#include "core/io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "gate/anchor.hpp"
#include "ledger/keys.hpp"
#include "ledger/ledger.hpp"
#include "review/evidence_archive.hpp"
#include "review/evidence_needs.hpp"
#include "review/evidence_selection.hpp"

namespace airlock::review {

/// Adds `entries/<seq>.json` and `proofs/<seq>.txt` for each selected entry, writes a row of CSV for each to `rows`,
/// and collects what the entries need. Errors: integrity where an entry is not in the tree; those of ledger and
/// archive.
[[nodiscard]] core::Result<EvidenceNeeds> add_entries(const ledger::Ledger& ledger, const EvidenceSelection& selection,
                                                      const gate::SignedTree& tree, EvidenceArchive& archive,
                                                      core::Sink& rows, core::ProgressSink& progress);

/// Adds `checkpoints/<size>.txt` for the tree and for each checkpoint that the entries name, and from each to the next
/// `checkpoints/<size>.consistency.txt`. Errors: integrity where one does not verify; those of ledger and archive.
[[nodiscard]] core::Result<void> add_checkpoints(const ledger::Ledger& ledger, const EvidenceNeeds& needs,
                                                 const ledger::KeyHistory& keys, const gate::SignedTree& tree,
                                                 EvidenceArchive& archive);

/// Adds `ceilings/<sha256>.json` for each ceiling that the entries name. Errors: those of ledger and archive.
[[nodiscard]] core::Result<void> add_ceilings(const ledger::Ledger& ledger, const EvidenceNeeds& needs,
                                              EvidenceArchive& archive);

}  // namespace airlock::review
