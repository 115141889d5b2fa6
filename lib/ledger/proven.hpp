#pragma once
/// \file
/// Entries and disclosures that an index of the file found, each verified. For the source files of ledger/ only.

#include <optional>
#include <string_view>
#include <vector>

#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/state.hpp"

namespace airlock::ledger {

/// Checks that each of these rows is in the tree. Error: integrity.
[[nodiscard]] Result<std::vector<VerifiedEntry>> prove_all(LedgerState& state, std::vector<Entry> entries);

/// The entries that name a disclosure and that the index has, by seq. Error: integrity.
[[nodiscard]] Result<std::vector<VerifiedEntry>> proven_of_disclosure(LedgerState& state, std::string_view id);

/// The row of a disclosure in the outbox's table, compared with no entry.
[[nodiscard]] Result<std::optional<Disclosure>> row_of(LedgerState& state, std::string_view id);
/// The disclosure with this id, if there is one. Error: integrity where its entries lead to another row.
[[nodiscard]] Result<std::optional<Disclosure>> disclosure_of(LedgerState& state, std::string_view id);
/// The row of a disclosure, where its entries lead to the same; the row of now, where another process has appended an
/// entry since. Error: integrity.
[[nodiscard]] Result<std::optional<Disclosure>> proven_disclosure(LedgerState& state, std::optional<Disclosure> row);
/// The same for several rows.
[[nodiscard]] Result<std::vector<Disclosure>> proven_disclosures(LedgerState& state, std::vector<Disclosure> rows);

/// The entries without their facts.
[[nodiscard]] std::vector<Entry> entries_in(const std::vector<VerifiedEntry>& verified);

}  // namespace airlock::ledger
