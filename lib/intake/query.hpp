#pragma once
/// \file
/// Rows of the register's tables. For the source files of intake/ only.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "intake/records.hpp"

namespace airlock::intake {

/// SQLite's integers are signed; counters here are unsigned, and below 2^63.
[[nodiscard]] inline std::int64_t column(std::uint64_t value) { return static_cast<std::int64_t>(value); }
[[nodiscard]] inline std::uint64_t counter_in(const db::Statement& row, int at) {
  return static_cast<std::uint64_t>(row.integer(at));
}

/// The first column of the first row as a number; nothing where there is no row, or NULL in it.
[[nodiscard]] inline core::Result<std::optional<std::uint64_t>> first_number(db::Statement& query) {
  AIRLOCK_TRY(const bool row, query.step());
  std::optional<std::uint64_t> out;
  if (row && !query.is_null(0)) out = counter_in(query, 0);
  query.reset();
  return out;
}

/// What `read` makes of each row of a query whose parameters are bound.
template <typename Read>
[[nodiscard]] auto all_rows(db::Statement& query, Read read) -> core::Result<std::vector<decltype(read(query))>> {
  std::vector<decltype(read(query))> out;
  for (;;) {
    AIRLOCK_TRY(const bool row, query.step());
    if (!row) return out;
    out.push_back(read(query));
  }
}

/// Binds the columns `disclosure` to `received` of a disclosure.
inline void bind_disclosure(db::Statement& insert, const Arrival& arrival, core::Time now) {
  const envelope::Previous none;
  const envelope::Previous& previous = arrival.previous ? *arrival.previous : none;
  insert.bind(column(arrival.disclosure)).bind(arrival.id).bind(arrival.content_sha256);
  insert.bind(arrival.is_bundle ? "bundle" : "sent").bind(column(arrival.number)).bind(previous.id);
  insert.bind(previous.content_sha256).bind(now.text());
}

}  // namespace airlock::intake
