#include "ledger/verify.hpp"

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "crypto/hash.hpp"
#include "ledger/access.hpp"
#include "ledger/body.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/keys.hpp"
#include "ledger/outbox.hpp"
#include "ledger/queries.hpp"
#include "ledger/rows.hpp"
#include "ledger/rules.hpp"
#include "ledger/stored_tree.hpp"

namespace airlock::ledger {

using core::Code;
using core::Error;
using core::fail;

namespace {

/// Entries in one page. The file is locked while a page is read and checked.
constexpr std::int64_t checked_page = 256;
/// Originals that are counted at once.
constexpr std::uint64_t originals_page = 100'000;
/// The levels of the largest tree whose leaves `seq` can count.
constexpr std::int64_t levels_maximum = 62;

/// An entry with all its columns, and what there is of its original. None of them is trusted.
struct Row {
  std::int64_t seq = 0;
  std::string_view body;
  std::string_view leaf;
  std::string_view time;
  std::string_view kind;
  std::string_view report_id;
  std::int64_t number = 0;
  std::string_view disclosure_id;
  std::string_view original_report_id;
  bool has_original = false;  ///< with a digest and a salt
};

/// The current row, up to the next one.
Row row_in(const db::Statement& row) {
  constexpr auto digest_size = static_cast<std::int64_t>(Digest::size);
  constexpr auto salt = static_cast<std::int64_t>(salt_size);
  return Row{row.integer(0),   row.text_view(1),
             row.blob_view(2), row.text_view(3),
             row.text_view(4), row.text_view(5),
             row.integer(6),   row.text_view(7),
             row.text_view(8), row.integer(9) == digest_size && row.integer(10) == salt};
}

struct Checkpoint {
  std::int64_t size = 0;
  std::string note;
};

class Verification {
 public:
  /// `entries`: how many there are when the work begins.
  Verification(db::Database& database, const KeyHistory& keys, std::uint64_t entries, core::ProgressSink& progress)
      : database_(database), tree_(database), keys_(keys), entries_(entries), progress_(progress) {}

  Result<VerifiedLedger> run() {
    // Commits of other processes since then are checked once more.
    AIRLOCK_TRY(const auto version, database_.number(sql::data_version));
    AIRLOCK_TRY(auto sqlite_check, database_.begin_check());
    AIRLOCK_CHECK(check_entries());
    AIRLOCK_CHECK(check_outbox());
    AIRLOCK_CHECK(check_surplus());
    AIRLOCK_CHECK(check_texts());
    AIRLOCK_CHECK(sqlite_check.get());
    AIRLOCK_TRY(const auto version_now, database_.number(sql::data_version));
    if (version_now != version) AIRLOCK_CHECK(database_.check());
    checked_.entries = frontier_.size();
    checked_.reports = counters_.number;
    checked_.disclosures = counters_.disclosure;
    checked_.head = {frontier_.size(), frontier_.root()};
    return checked_;
  }

 private:
  [[nodiscard]] Error fault(const std::string& what) const { return damaged(database_.path(), what); }
  [[nodiscard]] Error entry_fault(const std::string& what) const {
    return fault("entry " + std::to_string(frontier_.size()) + ": " + what);
  }
  /// Reports a broken rule as a fault of the current entry. Errors of SQLite stay as they are.
  [[nodiscard]] Error entry_fault(const Error& error) const {
    return error.code == Code::unexpected || error.code == Code::bad_input ? entry_fault(error.message) : error;
  }

  Result<void> check_entries() {
    AIRLOCK_CHECK(read_next_checkpoint());
    std::int64_t from = INT64_MIN;
    for (bool any = true; any; from = to_column(frontier_.size())) {
      AIRLOCK_TRY(auto query, database_.prepare(sql::whole_entries));
      query.bind(from).bind(checked_page);
      AIRLOCK_TRY(any, query.step());
      for (bool more = any; more;) {
        AIRLOCK_CHECK(check_entry_row(row_in(query)));
        progress_.show("entries verified", frontier_.size(), entries_);
        AIRLOCK_TRY(more, query.step());
      }
    }
    if (next_checkpoint_) {
      return fail(fault("the checkpoint of " + std::to_string(next_checkpoint_->size) + " entries: there are only " +
                        std::to_string(frontier_.size())));
    }
    return {};
  }

  Result<void> check_entry_row(const Row& row) {
    const auto seq = to_column(frontier_.size());
    if (row.seq != seq) {
      return fail(row.seq < 0 ? fault("entry " + std::to_string(row.seq) + ": no entry can have that place")
                              : entry_fault("is missing"));
    }
    const auto facts = read_body(row.body, frontier_.size());
    if (!facts) return fail(entry_fault(facts.error()));
    const Digest leaf = leaf_hash(row.body);
    AIRLOCK_CHECK(check_columns(row, leaf, *facts));
    if (auto possible = check_entry(database_, *facts, counters_); !possible) {
      return fail(entry_fault(possible.error()));
    }
    AIRLOCK_CHECK(check_links(row, *facts));
    if (makes_file(facts->kind)) AIRLOCK_CHECK(check_sealed(*facts));
    if (newest_time_ && facts->time < *newest_time_) {
      ++checked_.times_back;
      if (!checked_.first_time_back) checked_.first_time_back = facts->seq;
    }
    newest_time_ = facts->time;
    AIRLOCK_CHECK(grow_tree(leaf));
    if (next_checkpoint_ && next_checkpoint_->size == to_column(frontier_.size())) {
      AIRLOCK_CHECK(check_kept_checkpoint());
    }
    return check_newest(*facts);
  }

  Result<void> check_columns(const Row& row, const Digest& leaf, const EntryFacts& facts) {
    const std::int64_t number = facts.kind == Kind::produced ? to_column(facts.number) : 0;
    if (row.leaf != leaf.view()) return fail(entry_fault("its leaf is not the hash of its body"));
    if (row.time != facts.time.text() || row.kind != name(facts.kind) || row.report_id != facts.report_id ||
        row.number != number || row.disclosure_id != facts.disclosure_id) {
      return fail(entry_fault("a column differs from its body"));
    }
    return {};
  }

  /// Checks what the entry states about those before it, and the texts that it names.
  Result<void> check_newest(const EntryFacts& facts) {
    const auto wrong = [&](const std::string& what) {
      return fail(fault("entry " + std::to_string(facts.seq) + ": " + what));
    };
    if (facts.newest) {
      if (*facts.newest != newest_) return wrong("does not name the newest entries before it");
      const bool is_first = facts.seq != 0 && !links_;
      if (facts.earlier != (is_first ? std::optional(earlier_) : std::nullopt)) {
        return wrong("does not name the entries of format 1 before it");
      }
      links_ = true;
    } else {
      if (links_) return wrong("is of format 1 and comes after one of format 2");
      note_earlier(earlier_, facts);
    }
    newest_ = after(newest_, facts);
    for (const auto& digest : {facts.ceiling, facts.terms, facts.declared}) {
      if (!digest || !texts_.insert(digest->hex()).second) continue;
      AIRLOCK_TRY(auto query, database_.prepare(sql::ceiling));
      AIRLOCK_TRY(const bool row, query.bind_blob(digest->view()).step());
      if (!row) return wrong("the ceiling, terms or paths that it names are missing");
    }
    return {};
  }

  /// Checks the rows of other tables that this entry must have.
  Result<void> check_links(const Row& row, const EntryFacts& facts) {
    if (facts.kind == Kind::produced && (!row.has_original || row.original_report_id != facts.report_id)) {
      return fail(entry_fault("the original of its report is not in the table of originals"));
    }
    if (facts.disclosure != 0 || moves_disclosure(facts.kind)) {
      AIRLOCK_TRY(const auto disclosure, find_disclosure(database_, facts.disclosure_id));
      // check_outbox checks the rest of the row.
      if (!disclosure ||
          (facts.disclosure != 0 ? disclosure->recorded != facts.seq : disclosure->recorded >= facts.seq)) {
        return fail(entry_fault("its disclosure is not in the outbox"));
      }
    }
    return {};
  }

  /// The checkpoint inside a `sealed` or `queued` entry must be of a tree with the disclosure and without this entry.
  Result<void> check_sealed(const EntryFacts& facts) {
    const auto head = verified(facts.checkpoint);
    if (!head) return fail(entry_fault(head.error().message));
    AIRLOCK_TRY(const auto disclosure, find_disclosure(database_, facts.disclosure_id));
    if (head->size > facts.seq || !disclosure || head->size <= disclosure->recorded) {
      return fail(entry_fault("its checkpoint is not for the tree that recorded the disclosure"));
    }
    // All nodes up to here have been compared.
    AIRLOCK_TRY(const Digest hash, root(head->size, tree_.reader()));
    if (hash != head->root) return fail(entry_fault("its checkpoint is of another tree"));
    return {};
  }

  Result<void> check_kept_checkpoint() {
    const std::string place = "the checkpoint of " + std::to_string(next_checkpoint_->size) + " entries: ";
    const auto head = verified(next_checkpoint_->note);
    if (!head) return fail(fault(place + head.error().message));
    if (*head != TreeHead{frontier_.size(), frontier_.root()}) return fail(fault(place + "is of another tree"));
    ++checked_.checkpoints;
    return read_next_checkpoint();
  }

  /// Verifies a note. Remembers the last one, since most notes come twice: in a `sealed` or `queued` entry, and as a
  /// kept checkpoint.
  Result<TreeHead> verified(const std::string& note) {
    if (note.empty() || note != verified_note_) {
      AIRLOCK_TRY(verified_head_, verify_checkpoint(note, keys_));
      verified_note_ = note;
    }
    return verified_head_;
  }

  Result<void> read_next_checkpoint() {
    AIRLOCK_TRY(auto query, database_.prepare(sql::next_checkpoint));
    AIRLOCK_TRY(const bool row, query.bind(next_checkpoint_ ? next_checkpoint_->size : INT64_MIN).step());
    next_checkpoint_ = row ? std::optional<Checkpoint>({query.integer(0), query.text(1)}) : std::nullopt;
    if (row && next_checkpoint_->size <= 0) return fail(fault("a checkpoint is of no entries"));
    return {};
  }

  /// Adds a leaf and compares each node that this completes with the stored one.
  Result<void> grow_tree(const Digest& leaf) {
    return frontier_.append(leaf, [this](unsigned level, std::uint64_t index, const Digest& hash) -> Result<void> {
      AIRLOCK_TRY(const Digest stored, tree_.node(level, index));
      if (stored == hash) return {};
      return fail(entry_fault("the stored node " + std::to_string(index) + " of level " + std::to_string(level) +
                              " differs from the tree"));
    });
  }

  /// Derives each disclosure from its entries again.
  Result<void> check_outbox() {
    std::int64_t last = INT64_MIN;
    for (;;) {
      AIRLOCK_TRY(auto query, database_.prepare(sql::disclosure_with_entries));
      AIRLOCK_TRY(bool row, query.bind(last).step());
      if (!row) return {};
      last = query.integer(0);
      progress_.show("disclosures verified", static_cast<std::uint64_t>(last), counters_.disclosure);
      const std::string place = "disclosure " + std::to_string(last) + ": ";
      AIRLOCK_TRY(const Disclosure stored, disclosure_in(query, database_.path()));
      std::optional<Disclosure> derived;
      while (row) {
        if (query.is_null(16)) break;
        const std::string entry = "entry " + query.text(16) + ": ";
        const auto facts = read_body(query.text(17), static_cast<std::uint64_t>(query.integer(16)));
        if (!facts) return fail(fault(entry + facts.error().message));
        if (const auto moved = advance(derived, *facts); !moved) return fail(fault(entry + moved.error().message));
        AIRLOCK_TRY(row, query.step());
      }
      if (derived != stored || to_column(stored.disclosure) != last) {
        return fail(fault(place + "the outbox does not say what the entries say"));
      }
    }
  }

  /// Each ceiling, and the terms of each decision, must have the right digest, and some entry must name it.
  Result<void> check_texts() {
    std::string last;
    for (;;) {
      AIRLOCK_TRY(auto query, database_.prepare(sql::next_ceiling));
      AIRLOCK_TRY(const bool row, query.bind_blob(last).step());
      if (!row) return {};
      last = query.blob(0);
      const Digest digest = crypto::sha256(query.text(1));
      if (digest.view() != last) return fail(fault("a ceiling, or a decision's terms, differ from what was recorded"));
      if (!texts_.contains(digest.hex())) return fail(fault("there is a ceiling that no entry names"));
    }
  }

  /// Finds rows that belong to no entry. The rows of each entry were checked with it.
  Result<void> check_surplus() {
    AIRLOCK_TRY(auto outside, database_.prepare(sql::nodes_of_no_level));
    AIRLOCK_TRY(bool found, outside.step());
    for (std::int64_t level = 1; level <= levels_maximum && !found; ++level) {
      AIRLOCK_TRY(auto surplus, database_.prepare(sql::surplus_nodes));
      AIRLOCK_TRY(found, surplus.bind(level).step());
    }
    if (found) return fail(fault("there are tree nodes that belong to no entry"));
    // Each report has its original, so there are no others if there are as many.
    std::uint64_t originals = 0;
    for (std::uint64_t from = 0; from < frontier_.size(); from += originals_page) {
      AIRLOCK_TRY(auto count, database_.prepare(sql::originals_between));
      count.bind(to_column(from)).bind(to_column(std::min(from + originals_page, frontier_.size())));
      AIRLOCK_CHECK(count.step());
      originals += static_cast<std::uint64_t>(count.integer(0));
    }
    AIRLOCK_TRY(auto strays, database_.prepare(sql::originals_of_no_entry));
    AIRLOCK_TRY(found, strays.step());
    if (found || originals != counters_.number) return fail(fault("there are originals that belong to no report"));
    return {};
  }

  db::Database& database_;
  StoredTree tree_;
  const KeyHistory& keys_;
  std::uint64_t entries_;
  core::ProgressSink& progress_;
  Frontier frontier_;
  Counters counters_;
  VerifiedLedger checked_;
  std::optional<Time> newest_time_;
  std::optional<Checkpoint> next_checkpoint_;
  Newest newest_;
  EarlierEntries earlier_;
  bool links_ = false;           ///< whether an entry of format 2 came
  std::set<std::string> texts_;  ///< digests that entries name
  std::string verified_note_;
  TreeHead verified_head_;
};

/// The rotations as they are stored. Where they are damaged, `Verification` reports the place of the fault, and not
/// what follows from it.
Result<std::vector<Entry>> rotations(db::Database& database) {
  AIRLOCK_TRY(auto query, database.prepare(sql::entries_of_kind));
  return rows(query.bind(name(Kind::key_rotated)), database.path(), plain_entry_in);
}

}  // namespace

Result<VerifiedLedger> verify(const Ledger& ledger, const crypto::NoteVerifier& verifier,
                              core::ProgressSink& progress) {
  AIRLOCK_TRY(auto* database, LedgerAccess::database(ledger));
  AIRLOCK_TRY(const auto rotated, rotations(*database));
  AIRLOCK_TRY(const auto keys, KeyHistory::of(rotated, verifier));
  const auto head = ledger.head();  // an error of it is found, and named, below
  return Verification(*database, keys, head ? head->size : 0, progress).run();
}

}  // namespace airlock::ledger
