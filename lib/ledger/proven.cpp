#include "ledger/proven.hpp"

#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/rules.hpp"

namespace airlock::ledger {

using core::fail;

namespace {

/// How often a row is read again that another process changed. Only somebody who plays with the file gets further.
constexpr int readings_maximum = 20;

Result<Disclosure> proven_row(LedgerState& state, Disclosure row) {
  for (int readings = 1;; ++readings) {
    AIRLOCK_TRY(const auto entries, proven_of_disclosure(state, row.id));
    std::optional<Disclosure> derived;
    for (const VerifiedEntry& each : entries) {
      if (!advance(derived, each.facts)) break;
    }
    if (derived == row) return row;
    // Another process may have appended an entry since the row was read: then the row has changed with it.
    AIRLOCK_TRY(auto again, row_of(state, row.id));
    if (!again || *again == row || readings == readings_maximum) break;
    row = std::move(*again);
  }
  return fail(damaged(
      state.path, "disclosure " + std::to_string(row.disclosure) + ": the outbox does not say what the entries say"));
}

}  // namespace

Result<std::vector<VerifiedEntry>> prove_all(LedgerState& state, std::vector<Entry> entries) {
  std::vector<VerifiedEntry> out;
  for (Entry& entry : entries) {
    AIRLOCK_TRY(VerifiedEntry proven, state.prove(std::move(entry)));
    out.push_back(std::move(proven));
  }
  return out;
}

Result<std::vector<VerifiedEntry>> proven_of_disclosure(LedgerState& state, std::string_view id) {
  AIRLOCK_TRY(auto* database, state.use());
  std::vector<Entry> found;
  {
    AIRLOCK_TRY(auto query, database->prepare(sql::entries_of_disclosure));
    AIRLOCK_TRY(found, rows(query.bind(id), state.path, plain_entry_in));
  }
  AIRLOCK_TRY(auto proven, prove_all(state, std::move(found)));
  for (const VerifiedEntry& each : proven) {
    if (each.facts.disclosure_id != id) {
      return fail(damaged(state.path, "entry " + std::to_string(each.entry.seq) + ": a column differs from its body"));
    }
  }
  return proven;
}

Result<std::optional<Disclosure>> row_of(LedgerState& state, std::string_view id) {
  AIRLOCK_TRY(auto* database, state.use());
  AIRLOCK_TRY(auto query, database->prepare(sql::disclosure_by_id));
  return one(query.bind(id), state.path, disclosure_in);
}

Result<std::optional<Disclosure>> disclosure_of(LedgerState& state, std::string_view id) {
  AIRLOCK_TRY(auto row, row_of(state, id));
  return proven_disclosure(state, std::move(row));
}

Result<std::optional<Disclosure>> proven_disclosure(LedgerState& state, std::optional<Disclosure> row) {
  if (row) {
    AIRLOCK_TRY(row, proven_row(state, std::move(*row)));
  }
  return row;
}

Result<std::vector<Disclosure>> proven_disclosures(LedgerState& state, std::vector<Disclosure> rows) {
  for (Disclosure& row : rows) {
    AIRLOCK_TRY(row, proven_row(state, std::move(row)));
  }
  return rows;
}

std::vector<Entry> entries_in(const std::vector<VerifiedEntry>& verified) {
  std::vector<Entry> out;
  for (const VerifiedEntry& each : verified) out.push_back(each.entry);
  return out;
}

}  // namespace airlock::ledger
