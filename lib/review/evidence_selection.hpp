#pragma once
/// \file
/// Which entries of a ledger an evidence archive has. All entries from the first to the last of the range, without a
/// gap, so that nobody can leave one out unnoticed; and those outside the range that its reports and decisions need.

#include <cstdint>
#include <set>
#include <string>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "review/evidence_document.hpp"

namespace airlock::review {

struct EvidenceSelection {
  std::uint64_t first = 0;                         ///< seq; every entry from here
  std::uint64_t last = 0;                          ///< to here
  std::set<std::uint64_t> entries;                 ///< seqs of all entries, those between included
  std::set<std::string, std::less<>> report_ids;   ///< reports of which all entries are selected
  std::set<std::string, std::less<>> disclosures;  ///< ids of disclosures whose bytes belong to the evidence
};

/// Checks days and numbers. Error: usage.
[[nodiscard]] core::Result<void> check_range(const EvidenceRange& range);

/// Selects from the first `size` entries. For days: the entries whose time is on one of them, everything between, all
/// entries of every report that they are about, and the disclosures that were made, released, sent or handed over
/// then. For numbers: the entries from the first one of report N to the last one before report M+1, all entries of N to
/// M, and their disclosures. Also what these decisions were read from (kit, licence, configuration, authorisation,
/// hold) and all rotations of keys. Errors: usage where there is no such entry or report; those of the ledger.
[[nodiscard]] core::Result<EvidenceSelection> select_entries(const ledger::Ledger& ledger, const EvidenceRange& range,
                                                             std::uint64_t size);

}  // namespace airlock::review
