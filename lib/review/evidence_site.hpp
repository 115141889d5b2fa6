#pragma once
/// \file
/// Adds to an evidence archive what lies at the site as files: licences, kits, receipts, policies, dictionaries, keys
/// and certificates, the disclosed bytes, and originals where somebody asks for them. What the entries name and the
/// site no longer has is noted as missing.

#include "core/progress.hpp"
#include "core/result.hpp"
#include "ledger/keys.hpp"
#include "ledger/ledger.hpp"
#include "review/evidence_archive.hpp"
#include "review/evidence_needs.hpp"
#include "review/evidence_selection.hpp"
#include "site/site.hpp"

namespace airlock::review {

/// The page of a disclosed report, in the folder of its disclosure.
inline constexpr std::string_view page_file = "review.html";

/// Adds `licences/`, `kits/` and `receipts/`, and from the kits `policies/` and `dictionaries/`: what the entries name,
/// from `public/` and `history/`. Errors: of the machine and of the archive.
[[nodiscard]] core::Result<void> add_documents(const site::Site& site, const EvidenceNeeds& needs,
                                               EvidenceArchive& archive);
/// Notes which policies and dictionaries the entries name and neither a kit nor a bundle had.
void note_missing_documents(const EvidenceNeeds& needs, EvidenceArchive& archive);

/// Adds `keys/`: the site's certificates, the ledger's keys, the vendor's roots, and the officers' certificates.
/// Errors: those of the files and of the archive.
[[nodiscard]] core::Result<void> add_keys(const site::Site& site, const ledger::KeyHistory& keys,
                                          EvidenceArchive& archive);

/// Adds `reports/<number>-<disclosure>/` for each selected disclosure that left or is ready to leave. Errors: integrity
/// where a bundle or payload is not what the ledger recorded; those of ledger, files and archive.
[[nodiscard]] core::Result<void> add_disclosures(const site::Site& site, const ledger::Ledger& ledger,
                                                 const EvidenceSelection& selection, EvidenceArchive& archive,
                                                 core::ProgressSink& progress);

/// Adds `originals/<number>.report` and `originals/<number>.salt` for each selected report whose bytes are in `held/`,
/// if the ledger has a commitment to all of them. Errors: integrity where they are not the bytes that came in; those of
/// ledger, files and archive.
[[nodiscard]] core::Result<void> add_originals(const site::Site& site, const ledger::Ledger& ledger,
                                               const EvidenceSelection& selection, const EvidenceNeeds& needs,
                                               EvidenceArchive& archive);

}  // namespace airlock::review
