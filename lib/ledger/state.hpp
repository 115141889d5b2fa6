#pragma once
/// \file
/// What the source files of ledger/ share: the open database, the stored tree, and rows as values.

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

struct Ledger::State {
  explicit State(db::Database opened) : database(std::move(opened)), path(database->path()) {}

  /// Error: not_recorded after a COMMIT that failed.
  [[nodiscard]] Result<db::Database*> use();

  std::optional<db::Database> database;  ///< nothing after a COMMIT that failed
  std::string path;
  std::function<void(const TreeHead&)> told;  ///< see Ledger::after_commit; may be empty
};

/// For `verify` and tests.
struct LedgerAccess {
  [[nodiscard]] static Result<db::Database*> database(const Ledger& ledger) { return ledger.state_->use(); }
};

/// The tree as it is stored. Also made for a part of it: what is read must be there. Error: integrity.
class StoredTree {
 public:
  [[nodiscard]] static Result<StoredTree> open(db::Database& database);
  [[nodiscard]] Result<Digest> node(unsigned level, std::uint64_t index);
  [[nodiscard]] Result<void> add_node(unsigned level, std::uint64_t index, const Digest& hash);
  /// The functions above as merkle.hpp takes them; this object must outlive them.
  [[nodiscard]] NodeReader reader();
  [[nodiscard]] NodeWriter writer();

 private:
  StoredTree(db::Statement leaf, db::Statement node, db::Statement add, std::string path);
  db::Statement leaf_;
  db::Statement node_;
  db::Statement add_;
  std::string path_;
};

/// A number as SQLite stores it: what is too large becomes the largest, which no row has.
[[nodiscard]] std::int64_t to_column(std::uint64_t value);

/// A fault of the file, "`ledger.db`: WHAT".
[[nodiscard]] core::Error damaged(const std::string& path, const std::string& what);

// Values from the columns of the current row, from `first` on, in the order of queries.hpp. Error: integrity.
[[nodiscard]] Result<Entry> entry_in(const db::Statement& row, const std::string& path, int first = 0);
[[nodiscard]] Result<ReportRow> report_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Disclosure> disclosure_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Original> original_in(const db::Statement& row, const std::string& path);

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

/// The row of a statement that gives one at most.
template <typename Row>
[[nodiscard]] Result<std::optional<Row>> one(db::Statement& statement, const std::string& path,
                                             Result<Row> (*read)(const db::Statement&, const std::string&)) {
  AIRLOCK_TRY(const bool more, statement.step());
  if (!more) return std::optional<Row>();
  AIRLOCK_TRY(Row row, read(statement, path));
  return std::optional<Row>(std::move(row));
}

}  // namespace airlock::ledger
