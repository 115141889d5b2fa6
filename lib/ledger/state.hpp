#pragma once
/// \file
/// What the source files of ledger/ share: the open database, the stored tree, and rows as values.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "db/database.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

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

/// An entry whose body was proven, with what it says.
struct ProvenEntry {
  Entry entry;
  Facts facts;
};

/// The open file, and how far it was compared with a head that is believed. What is read through `proven` and `latest`
/// was hashed, found in the tree under that head, and compared with its columns.
struct Ledger::State {
  explicit State(db::Database opened) : database(std::move(opened)), path(database->path()) {}

  /// Error: not_recorded after a COMMIT that failed.
  [[nodiscard]] Result<db::Database*> use();
  /// After a COMMIT that failed: nobody uses the file any more.
  void give_up();

  /// Takes this for the head that is believed. Error: integrity where it is not that of the first entries.
  [[nodiscard]] Result<void> believe(const TreeHead& head);
  /// The edge of the tree of all entries there are: what is newer than the head that is believed was hashed on the way.
  [[nodiscard]] Result<const Frontier*> edge();
  /// Whether a row of an entry is what the tree has. Error: integrity.
  [[nodiscard]] Result<ProvenEntry> prove(Entry entry);
  /// Error: bad_input where there is none.
  [[nodiscard]] Result<ProvenEntry> proven(std::uint64_t seq);
  /// The same for an entry that is asked for again and again, since it is the newest of its kind: it is kept.
  [[nodiscard]] Result<const ProvenEntry*> remembered(std::uint64_t seq);

  /// Hears each entry's place and body. Error: integrity where they are not those of the tree, also after the last one.
  [[nodiscard]] Result<void> read_all(const std::function<Result<void>(std::uint64_t, const std::string&)>& read);
  [[nodiscard]] std::uint64_t believed() const { return believed_ ? believed_->size() : 0; }

  /// What an entry that is appended now says of those before it.
  struct Latest {
    Newest newest;
    std::optional<Earlier> earlier;  ///< where all entries so far are of format 1
  };
  [[nodiscard]] Result<const Latest*> latest();
  /// The same for who knows how many entries there are.
  [[nodiscard]] Result<const Latest*> latest_of(std::uint64_t size);

  /// A change appended the entry of these facts, or was undone, or committed.
  void appended(const Frontier& edge, const Facts& facts);
  void undone();
  void committed(const Frontier& edge);

  std::optional<db::Database> database;  ///< nothing after a COMMIT that failed
  std::string path;
  std::function<void(const TreeHead&)> told;  ///< see Ledger::after_commit; may be empty

 private:
  /// Sees to it that `edge_` has the entry, if there is one.
  [[nodiscard]] Result<void> reach(std::uint64_t seq);
  [[nodiscard]] Result<StoredTree*> stored();
  [[nodiscard]] Result<std::uint64_t> size();
  [[nodiscard]] Result<Latest> scan();

  // Prepared once, since they are asked often; they go before the database does.
  std::optional<StoredTree> stored_;
  std::optional<db::Statement> size_;
  std::optional<db::Statement> entry_;
  std::optional<Frontier> believed_;
  Frontier edge_;                           ///< grown from `believed_`
  std::map<std::uint64_t, Digest> leaves_;  ///< that were proven to be in `edge_`
  std::optional<Latest> latest_;            ///< of as many entries as `edge_` has
  std::map<std::uint64_t, ProvenEntry> remembered_;  ///< of those in `edge_`
};

/// For `verify` and tests.
struct LedgerAccess {
  [[nodiscard]] static Result<db::Database*> database(const Ledger& ledger) { return ledger.state_->use(); }
};

/// A number as SQLite stores it: what is too large becomes the largest, which no row has.
[[nodiscard]] std::int64_t to_column(std::uint64_t value);

/// A fault of the file, "`ledger.db`: WHAT".
[[nodiscard]] core::Error damaged(const std::string& path, const std::string& what);

// Values from the columns of the current row, from `first` on, in the order of queries.hpp. Error: integrity.
[[nodiscard]] Result<Entry> entry_in(const db::Statement& row, const std::string& path, int first = 0);
/// `entry_in` of a row that begins with the entry's columns: for `rows`.
[[nodiscard]] Result<Entry> plain_entry_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<ReportRow> report_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Disclosure> disclosure_in(const db::Statement& row, const std::string& path);
[[nodiscard]] Result<Original> original_in(const db::Statement& row, const std::string& path);

/// Entries that are read at once where all are; with the largest rows that SQLite may give us they take 64 MiB.
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
