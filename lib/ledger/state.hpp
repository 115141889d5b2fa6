#pragma once
/// \file
/// An open ledger file, and how much of it was verified. For the source files of ledger/ only.
///
/// The head that is believed is the one that the caller passed to `believe`. Where there was none, it is the tree as it
/// was stored when the file was opened. Everything that `proven` and `latest` return was hashed, found in the tree
/// under that head, and compared with its columns. Entries after that head are hashed one by one.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "db/database.hpp"
#include "ledger/body.hpp"
#include "ledger/entry.hpp"
#include "ledger/merkle.hpp"

namespace airlock::ledger {

/// An entry whose body was found in the tree, and the facts in that body.
struct VerifiedEntry {
  Entry entry;
  EntryFacts facts;
};

class LedgerState {
 public:
  explicit LedgerState(db::Database opened) : database(std::move(opened)), path(database->path()) {}

  /// The database. Error: not_recorded after a COMMIT that failed.
  [[nodiscard]] Result<db::Database*> use();
  /// After a COMMIT that failed: nobody uses the file any more.
  void give_up();

  /// Believes this head from now on. Error: integrity where the first entries of the file are others.
  [[nodiscard]] Result<void> believe(const TreeHead& head);
  /// Entries under the head that is believed.
  [[nodiscard]] std::uint64_t believed() const { return believed_ ? believed_->size() : 0; }

  /// The edge of the tree of all entries in the file. Hashes the entries after the head that is believed.
  [[nodiscard]] Result<const Frontier*> edge();
  /// Checks that a row of an entry is in the tree. Error: integrity.
  [[nodiscard]] Result<VerifiedEntry> prove(Entry entry);
  /// The entry at `seq`, verified. Error: bad_input where there is none.
  [[nodiscard]] Result<VerifiedEntry> proven(std::uint64_t seq);
  /// `proven` for an entry that is read again and again, since it is the newest of its kind: it is kept in memory.
  [[nodiscard]] Result<const VerifiedEntry*> remembered(std::uint64_t seq);

  /// Calls `read` with the seq and body of each entry. Error: integrity where the entries are not those of the tree.
  /// This may show only after `read` has had the last one.
  [[nodiscard]] Result<void> read_all(const std::function<Result<void>(std::uint64_t, const std::string&)>& read);

  /// What the next entry must state about the entries before it.
  struct Latest {
    Newest newest;
    std::optional<EarlierEntries> earlier;  ///< where all entries so far are of format 1
  };
  [[nodiscard]] Result<const Latest*> latest();
  /// The same where the caller knows that there are `size` entries.
  [[nodiscard]] Result<const Latest*> latest_of(std::uint64_t size);
  /// The newest entry of a kind; null where there is none. Error: unexpected for a kind that is not in `linked_kinds`.
  [[nodiscard]] Result<const VerifiedEntry*> newest(Kind kind);
  /// The highest report number, and the highest counter of a disclosure, so far; 0 where there is none.
  [[nodiscard]] Result<std::uint64_t> last_number();
  [[nodiscard]] Result<std::uint64_t> last_disclosure();

  /// A change appended an entry with these facts.
  void appended(const Frontier& edge, const EntryFacts& facts);
  /// A change was undone.
  void undone();
  /// A change was committed.
  void committed(const Frontier& edge);

  std::optional<db::Database> database;  ///< nothing after a COMMIT that failed
  std::string path;
  std::function<void(const TreeHead&)> after_commit;  ///< see Ledger::after_commit; may be empty

 private:
  /// Makes sure that `edge_` covers the entry at `seq`, if there is one.
  [[nodiscard]] Result<void> reach(std::uint64_t seq);
  [[nodiscard]] Result<std::uint64_t> size();
  [[nodiscard]] Result<Latest> scan();

  std::optional<Frontier> believed_;
  Frontier edge_;                                      ///< grown from `believed_`
  std::map<std::uint64_t, Digest> leaves_;             ///< leaves that were found in `edge_`
  std::optional<Latest> latest_;                       ///< for the entries that `edge_` covers
  std::map<std::uint64_t, VerifiedEntry> remembered_;  ///< entries that `edge_` covers
};

}  // namespace airlock::ledger
