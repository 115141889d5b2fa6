#pragma once
/// \file
/// Rows of the ledger's tables as values, and values as columns. For the source files of ledger/ only. Nothing here is
/// verified.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "db/database.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/report_row.hpp"

namespace airlock::ledger {

/// A number as SQLite stores it. A number that is too large becomes the largest, which no row has.
[[nodiscard]] std::int64_t to_column(std::uint64_t value);

/// An integrity error about the ledger file at `path`: "`ledger.db`: WHAT".
[[nodiscard]] core::Error damaged(const std::string& path, const std::string& what);

// Values from the columns of the current row, in the order of queries.hpp. Error: integrity.

/// The columns of the entry begin at `first`.
[[nodiscard]] Result<Entry> entry_in(const db::Statement& row, const std::string& path, int first = 0);
/// `entry_in` for a row that begins with the columns of the entry, as `rows` takes it.
[[nodiscard]] Result<Entry> plain_entry_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<ReportRow> report_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Disclosure> disclosure_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Original> original_in(const db::Statement& row, const std::string& path);

/// Entries in one page where all are read. With the largest rows that SQLite may return they take 64 MiB.
inline constexpr std::int64_t entries_page = 32;

/// All rows of a statement whose parameters are bound.
template <typename Row>
[[nodiscard]] Result<std::vector<Row>> rows(db::Statement& statement, const std::string& path,
                                            Result<Row> (*read)(const db::Statement&, const std::string&)) {
  std::vector<Row> out;
  for (;;) {
    AIRLOCK_TRY(const bool more, statement.step());
    if (!more) return out;
    AIRLOCK_TRY(Row row, read(statement, path));
    out.push_back(std::move(row));
  }
}

/// The row of a statement that gives at most one.
template <typename Row>
[[nodiscard]] Result<std::optional<Row>> one(db::Statement& statement, const std::string& path,
                                             Result<Row> (*read)(const db::Statement&, const std::string&)) {
  AIRLOCK_TRY(const bool more, statement.step());
  if (!more) return std::optional<Row>();
  AIRLOCK_TRY(Row row, read(statement, path));
  return std::optional<Row>(std::move(row));
}

}  // namespace airlock::ledger
