#pragma once
/// \file
/// The ledger: an append-only list of facts about every report, in one SQLite file. Each entry is a leaf of a Merkle
/// tree. Format: docs/formats/ledger.md. The ledger takes entries as JSON with opaque decisions. It cannot see a
/// report, so it cannot leak one. The caller holds the lock of the site around a `Change`, and passes time and
/// randomness: lib/gate/session.hpp does.
///
/// Everything in the file except the bodies of entries is a cache: the outbox, the nodes of the tree, and the columns
/// beside `body` follow from the bodies. `verify` derives all of them again and compares. A program that can write the
/// file can change any of them, so this class verifies what it returns:
/// - Each entry was hashed, and found in the tree under the head that the caller passed to `believe`. Without a call of
///   `believe`, that is the tree as it was stored when the file was opened.
/// - Entries after that head are hashed one by one. A program that can write the file can add such entries: the next
///   signed head covers them, and this one does not.
/// - Each disclosure was derived from its entries again.
/// - `newest` and `entries_of_kind` miss nothing, since each entry names those before it. Other queries use an index of
///   the file, and somebody may have removed rows from that index.
///
/// The functions under "Lists" return rows as they are stored, unverified. Show them, and decide nothing by them.
///
///     AIRLOCK_TRY(auto ledger, Ledger::open(path, db::Mode::read_only));
///     AIRLOCK_CHECK(ledger.believe(signed_head));
///     AIRLOCK_TRY(const auto licence, ledger.newest(Kind::licence));
///
/// Errors of every function: not_recorded (busy, full, read-only), integrity (a damaged file), and those that it names.
/// No query holds a lock after it has returned.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/permit.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "ledger/change.hpp"
#include "ledger/clearance.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/entry.hpp"
#include "ledger/keys.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "ledger/report_row.hpp"
#include "sys/lock.hpp"

namespace airlock::ledger {

/// The limit of a page that takes everything.
inline constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

class Ledger {
 public:
  /// Makes the file with the schema, mode 0600 whatever the umask is. Error: refused where the name is taken. After any
  /// error there is no file.
  [[nodiscard]] static Result<Ledger> create(const std::string& path);
  /// Opens a ledger. With `read_write`, one of an older version is brought to the newest version. Errors: bad_input
  /// (missing), integrity (not a ledger, or its tables or triggers were changed), refused (made by a newer Airlock),
  /// not_recorded (an older version, to be opened `read_only`).
  [[nodiscard]] static Result<Ledger> open(const std::string& path, db::Mode mode);

  /// Begins a change. The caller shows the lock under which it changes this ledger.
  [[nodiscard]] Result<Change> change(const sys::Lock& held);
  /// Believes this head, whose signature the caller has verified: everything that is read from now on must be in its
  /// tree, or newer. Error: integrity where the first entries of the file are others.
  [[nodiscard]] Result<void> believe(const TreeHead& signed_head) const;
  /// The size of the tree that is believed: that of `believe`, or of the newest commit of this object.
  [[nodiscard]] std::uint64_t believed() const;
  /// Calls `report` after each commit of this object with the tree that is on disk. A failure of `report` cannot undo
  /// the commit, so it returns nothing.
  void after_commit(std::function<void(const TreeHead&)> report);
  /// While it lives, everything that is read comes from one state of the file, and SQLite need not look before each row
  /// whether that has changed. It keeps others from writing, so it is for readings of milliseconds. No change can
  /// begin.
  [[nodiscard]] Result<db::ReadTransaction> reading() const;
  /// Copies the whole ledger to `path`, an empty file that exists, while other processes go on:
  /// `db::Database::copy_to`.
  [[nodiscard]] Result<void> copy_to(const std::string& path) const;

  // The tree and its proofs.

  [[nodiscard]] Result<TreeHead> head() const;
  /// The tree of the first `size` entries. Error: bad_input where there are fewer.
  [[nodiscard]] Result<TreeHead> head(std::uint64_t size) const;
  /// Proves that entry `seq` is among the first `size`. Error: bad_input where it is not, or there are fewer entries.
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t seq, std::uint64_t size) const;
  /// Proves that the first `from` entries are the beginning of the first `size`. Error: bad_input where `from` is above
  /// `size`, or there are fewer entries.
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t from, std::uint64_t size) const;
  /// The keys that signed its checkpoints, by its `key_rotated` entries. `known` is the key that the caller trusts.
  /// Error: as `KeyHistory::of`.
  [[nodiscard]] Result<KeyHistory> keys(const crypto::NoteVerifier& known) const;
  /// The newest checkpoint that was kept, as a signed note. Not verified.
  [[nodiscard]] Result<std::optional<std::string>> newest_checkpoint() const;

  // Entries.

  /// Error: bad_input where there is none.
  [[nodiscard]] Result<Entry> entry(std::uint64_t seq) const;
  /// The newest entry of a kind. Error: unexpected for a kind that decisions are not read from.
  [[nodiscard]] Result<std::optional<Entry>> newest(Kind kind) const;
  /// All entries of `authorised`, `configured`, `kit`, `licence`, `key_rotated` or `adopted`, by seq. In a ledger that
  /// release 0.1 made, entries from before the upgrade are the newest 10 000 of the kind. Error: unexpected for another
  /// kind.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_kind(Kind kind) const;
  /// The entries about a report that the index has, by seq, from `from_seq` on.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_report(std::string_view report_id, std::uint64_t from_seq = 0,
                                                             std::size_t limit = all) const;
  /// The newest entry about a report before the one at `seq`; nothing if the index has none.
  [[nodiscard]] Result<std::optional<Entry>> entry_of_report_before(std::string_view report_id,
                                                                    std::uint64_t seq) const;
  /// The entries that name a disclosure and that the index has, by seq.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_disclosure(std::string_view id) const;
  /// Whether the newest entry is of format 1, which release 0.1 wrote. Then finding the newest entry of a kind reads
  /// the whole ledger.
  [[nodiscard]] Result<bool> is_of_format_1() const;
  /// Whether any entry is about this report. Where the index has none, this reads all entries, which takes seconds for
  /// a million of them. Ask it before you remove the only copy of something.
  [[nodiscard]] Result<bool> knows_report(std::string_view report_id) const;
  /// The highest report number so far, and the highest counter of a disclosure; 0 where there is none.
  [[nodiscard]] Result<std::uint64_t> last_number() const;
  [[nodiscard]] Result<std::uint64_t> last_disclosure() const;
  /// The newest time of any entry, without disowned times. An `authorised` entry with a member `clock` disowns all
  /// times of earlier entries that are later than its own time.
  [[nodiscard]] Result<std::optional<Time>> newest_time() const;
  /// The text that an entry names by `ceiling_sha256`, `terms_sha256` or `declared_sha256`. Error: integrity where it
  /// is missing or another one.
  [[nodiscard]] Result<std::string> text(const Digest& sha256) const;

  // Disclosures.

  [[nodiscard]] Result<std::optional<Disclosure>> disclosure(std::string_view id) const;
  /// The same as the outbox's table has it, compared with no entry. It costs a fiftieth, and tells of which of many
  /// files the entries must be read; nothing may be done on its word alone.
  [[nodiscard]] Result<std::optional<Disclosure>> unproven_disclosure(std::string_view id) const;
  [[nodiscard]] Result<std::vector<Disclosure>> disclosures_of_report(std::string_view report_id) const;
  /// Disclosures at stage `recorded` or `sealed`: recovery has to finish or undo them.
  [[nodiscard]] Result<std::vector<Disclosure>> unfinished() const;
  /// The newest disclosure with a counter below `before` that is sealed, released or sent. A bundle names it as
  /// `previous`.
  [[nodiscard]] Result<std::optional<Disclosure>> previous_disclosure(std::uint64_t before) const;
  /// The newest disclosure that is sealed, released or sent.
  [[nodiscard]] Result<std::optional<Disclosure>> newest_disclosure() const;
  /// Clears the payload of a disclosure for one sending. Its attempt must be recorded and open. The entry that recorded
  /// the disclosure must name it, be the leaf of `permit`, and be in the tree. Errors: unexpected where the permit is
  /// for something else or was moved from, integrity where the leaf does not verify.
  [[nodiscard]] Result<Clearance> clear(core::Permit permit, std::string_view disclosure_id) const;

  // Originals. Not verified.

  /// Reports whose original has this digest, newest first.
  [[nodiscard]] Result<std::vector<Original>> originals(const Digest& sha256) const;
  [[nodiscard]] Result<std::optional<Original>> original(std::string_view report_id) const;

  // Lists, for showing. Not verified.

  /// Up to `limit` entries from `from_seq` on.
  [[nodiscard]] Result<std::vector<Entry>> entries(std::uint64_t from_seq, std::size_t limit) const;
  /// The entries about a report, by seq.
  [[nodiscard]] Result<std::vector<Entry>> entries_about(std::string_view report_id) const;
  /// Reports from `from_number` on, by number.
  [[nodiscard]] Result<std::vector<ReportRow>> reports(std::uint64_t from_number, std::size_t limit) const;
  [[nodiscard]] Result<std::optional<ReportRow>> report(std::uint64_t number) const;
  [[nodiscard]] Result<std::optional<ReportRow>> report_of(std::string_view report_id) const;
  /// Disclosures from the counter `from` on, by counter.
  [[nodiscard]] Result<std::vector<Disclosure>> disclosures(std::uint64_t from, std::size_t limit) const;
  [[nodiscard]] Result<std::optional<Disclosure>> disclosure_by_number(std::uint64_t disclosure) const;
  /// Disclosures at stage `queued`, `attempted` or `failed`, from the counter `from` on, by counter.
  [[nodiscard]] Result<std::vector<Disclosure>> waiting(std::uint64_t from, std::size_t limit) const;
  struct Waiting {
    std::uint64_t queued = 0;  ///< with `attempted`
    std::uint64_t failed = 0;
  };
  /// The numbers of these disclosures.
  [[nodiscard]] Result<Waiting> count_waiting() const;
  /// Disclosures with a counter below `below` that an entry from `from_seq` on ended, and that did not leave.
  [[nodiscard]] Result<std::vector<Disclosure>> ended_since(std::uint64_t from_seq, std::uint64_t below) const;
  /// Reports with a `produced` entry from `from_seq` on, of which no disclosure is sealed, released or sent, by seq.
  /// For the next page, pass the `produced.seq` + 1 of the last one. A bundle names them as `since_last`.
  [[nodiscard]] Result<std::vector<Undisclosed>> undisclosed(std::uint64_t from_seq, std::size_t limit) const;

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

 private:
  friend struct LedgerAccess;
  explicit Ledger(std::unique_ptr<LedgerState> state);
  std::unique_ptr<LedgerState> state_;
};

}  // namespace airlock::ledger
