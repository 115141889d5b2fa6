#pragma once
/// \file
/// The ledger: an append-only list of facts about every report, in one SQLite file, each entry a leaf of a Merkle tree.
/// Format: docs/formats/ledger.md. It cannot see a report, so it cannot leak one: it takes entries as JSON and opaque
/// decisions. The caller holds the site's lock around a `Change`, and passes time and randomness.
///
/// Outbox, tree nodes and the columns beside `body` are caches: each is a function of the entries, and `verify` makes
/// them again and compares. Whoever can write the file can change any of them, so nothing is read from them that was not
/// compared: each entry that these functions give was hashed and found in the tree under the head that `believe` was
/// told (without one: under the tree as it was stored when the file was opened), and each disclosure was derived from
/// its entries again. Entries that are newer than that head are hashed one by one; only who has the ledger's key is
/// kept from adding some. Of what an index found nobody knows whether it is all there is; what is `newest` of a kind
/// and all of a kind follows from what each entry says of those before it. The lists `entries`, `reports`, `report`,
/// `disclosures`, `disclosure_by_number`, `waiting`, `ended_since` and `undisclosed` are for showing: their rows are
/// given as they are stored, and nothing may be decided by them.
///
/// What is appended can never be taken back, so `append` refuses all that `verify` would call
/// a fault later.
///
///     AIRLOCK_TRY(auto change, ledger.change());
///     AIRLOCK_CHECK(change.append(Kind::produced, report_id, members, now, nonce));
///     AIRLOCK_CHECK(change.keep_original({report_id, digest, salt, size}));
///     AIRLOCK_TRY(const TreeHead head, change.commit());
///
/// Errors of every function: not_recorded (busy, full, read-only), integrity (a damaged file); those named beside it
/// come on top. No query holds a lock when it has returned.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/permit.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "ledger/checkpoint.hpp"
#include "ledger/clearance.hpp"
#include "ledger/merkle.hpp"

namespace airlock::ledger {

using core::Time;

enum class Kind : std::uint8_t {
  site_created,
  configured,
  licence,
  kit,
  authorised,
  hold,
  release,
  produced,
  decided,
  sealed,
  queued,
  attempted,
  sent,
  send_failed,
  withdrawn,
  withheld,
  held,
  refused,
  discarded,
  repeated,
  approved,
  released,
  handed_over,
  acknowledged,
  exported,
  recovered,
  abandoned,
  payload_lost,
  expired,
  key_rotated,
  key_destroyed,
  adopted,
};
[[nodiscard]] std::string_view name(Kind kind);
[[nodiscard]] std::optional<Kind> kind_from(std::string_view text);

/// One entry as it is stored.
struct Entry {
  std::uint64_t seq = 0;  ///< the leaf's index: 0, 1, 2 …
  Time time;
  Kind kind{};
  std::string report_id;  ///< empty where the entry is about no report
  std::string body;       ///< the exact JSON text that the leaf covers
};

/// What messages call an entry: `ledger entry 7`.
[[nodiscard]] std::string title(const Entry& entry);
/// The body as JSON. Error: bad_input naming the entry.
[[nodiscard]] Result<core::Json> body_of(const Entry& entry);

/// What is kept of a report's original outside the tree, and never exported.
struct Original {
  std::string report_id;
  Digest sha256;     ///< finds repeats
  std::string salt;  ///< 32 bytes; the entry has SHA-256(salt ‖ bytes)
  std::uint64_t size = 0;
};

/// How far a disclosure has come, as its entries say (docs/formats/ledger.md has the picture). A bundle goes from
/// `recorded` to `sealed` to `released`. What is to be sent goes from `recorded` to `queued`, then with every attempt
/// to `attempted` and from there to `sent`, back to `queued`, or to `failed`, which only a person starts again.
enum class Stage : std::uint8_t {
  recorded,
  sealed,
  released,
  queued,
  attempted,  ///< an attempt to send is open: it is under way, or a crash cut it short
  failed,     ///< given up; the payload is kept
  sent,
  withdrawn,
  abandoned,
  payload_lost,
};
[[nodiscard]] std::string_view name(Stage stage);
[[nodiscard]] std::optional<Stage> stage_from(std::string_view text);
/// Whether it is still to be sent.
[[nodiscard]] constexpr bool waits_to_be_sent(Stage stage) {
  return stage == Stage::queued || stage == Stage::attempted || stage == Stage::failed;
}

/// A disclosure: something that left, or was about to.
struct Disclosure {
  std::string id;                ///< UUID
  std::uint64_t disclosure = 0;  ///< gapless counter: 1, 2, 3 …
  std::string report_id;
  std::uint64_t number = 0;    ///< of the report
  std::uint64_t recorded = 0;  ///< seq of the `produced` or `decided` entry that recorded it
  Stage stage{};
  Time time;                   ///< of that entry
  std::string file;            ///< name in the outbox; from `sealed` or `queued` on
  std::string file_sha256;     ///< hex; from `sealed` or `queued` on
  std::string content_sha256;  ///< hex; from `sealed` or `queued` on: of the archive, or of the bytes to send
  std::uint64_t size = 0;      ///< of the file in bytes; from `sealed` or `queued` on

  // Of what is sent:
  std::uint64_t attempts = 0;
  std::optional<Time> last_attempt;
  std::optional<Time> next_try;  ///< `queued` after an attempt: not before this
  std::string last_error;        ///< of the newest attempt that failed
  bool uncertain = false;        ///< whether an attempt so far may have arrived without our knowing

  bool operator==(const Disclosure&) const = default;
};

/// A report as the list shows it: its production and its newest fact.
struct ReportRow {
  std::uint64_t number = 0;
  std::string report_id;
  Time produced;
  Kind latest{};
  std::uint64_t latest_seq = 0;
  Time latest_time;
};

/// A report of which nothing has left, with what its first decision said.
struct Undisclosed {
  ReportRow report;
  Entry produced;
};

/// Longest body of an entry, in bytes.
inline constexpr std::size_t entry_limit = 1024 * 1024;
/// Bytes of an entry's nonce and of an original's salt.
inline constexpr std::size_t nonce_size = 16;
inline constexpr std::size_t salt_size = 32;
/// The limit of a page that is to have no limit.
inline constexpr std::size_t all = std::numeric_limits<std::size_t>::max();

class Ledger {
 public:
  /// Makes the file, 0600 whatever the umask, with the schema. Error: refused if the name is taken. After any error
  /// the file is gone again.
  [[nodiscard]] static Result<Ledger> create(const std::string& path);
  /// One of an older version is brought to the newest where `mode` is `read_write`. Errors: bad_input (missing),
  /// integrity (not a ledger, or its tables or triggers were changed), refused (made by a newer Airlock), not_recorded
  /// (an older version, to be read only).
  [[nodiscard]] static Result<Ledger> open(const std::string& path, db::Mode mode);

  /// One write transaction. Nobody else sees anything of it before `commit` (queries through the same ledger do);
  /// without that its destructor undoes it. After an error of any of its functions nothing of it can be committed any
  /// more. It must go before its ledger does, but the ledger may be moved meanwhile.
  class Change {
   public:
    /// Appends an entry: `format`, `nonce`, `seq`, `time`, `kind`, `report_id` (where not empty), then `members`, an
    /// object with the kind's own members in the order in which they are to stand; all texts in it are UTF-8. `nonce`
    /// has 16 random bytes. Returns its seq. What the ledger understands of `members` is in docs/formats/ledger.md.
    /// The texts of `ceiling`, `terms` and `declared` are kept in a table, and the entry names them by SHA-256.
    /// Error: unexpected where a member is ill-formed, a number is not the next one or a stage does not follow.
    [[nodiscard]] Result<std::uint64_t> append(Kind kind, std::string_view report_id, const core::Json& members,
                                               Time time, std::string_view nonce);
    /// Keeps what finds a repeat of the report: once for each, after its `produced` and in the same change.
    /// Error: unexpected where that is not so.
    [[nodiscard]] Result<void> keep_original(const Original& original);
    /// Keeps a signed checkpoint. Error: unexpected where `head` is not a committed state of this tree, or not larger
    /// than that of the checkpoint kept last; the same one may be kept again.
    [[nodiscard]] Result<void> keep_checkpoint(const TreeHead& head, std::string_view note);
    /// Commits and returns the tree that is now on disk. After an error nobody knows whether it happened: the ledger
    /// refuses everything from then on and must be opened again.
    [[nodiscard]] Result<TreeHead> commit();
    Change(Change&&) noexcept;
    Change& operator=(Change&&) = delete;
    ~Change();

   private:
    friend class Ledger;
    struct State;
    explicit Change(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  [[nodiscard]] Result<Change> change();
  /// From now on what is read must be in the tree of this head, which was signed, or newer. Error: integrity where the
  /// first entries are others.
  [[nodiscard]] Result<void> believe(const TreeHead& signed_head) const;
  /// The size of the tree that is believed: the one above, or that of this object's newest commit.
  [[nodiscard]] std::uint64_t believed() const;
  /// `told` hears of the tree that is on disk after each commit of this object. What it fails at does not undo the
  /// commit, so it has nothing to return.
  void after_commit(std::function<void(const TreeHead&)> told);

  [[nodiscard]] Result<TreeHead> head() const;
  /// The tree of the first `size` entries. Error: bad_input where there are fewer.
  [[nodiscard]] Result<TreeHead> head(std::uint64_t size) const;
  /// Error: bad_input where `seq` is not below `size`, or there are fewer entries.
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t seq, std::uint64_t size) const;

  /// That the first `from` entries are the beginning of the first `size`. Error: bad_input where `from` is above
  /// `size`, or there are fewer entries.
  [[nodiscard]] Result<std::vector<Digest>> consistency_proof(std::uint64_t from, std::uint64_t size) const;

  /// Error: bad_input where there is none.
  [[nodiscard]] Result<Entry> entry(std::uint64_t seq) const;
  /// Up to `limit` entries from `from_seq` on, as they are stored.
  [[nodiscard]] Result<std::vector<Entry>> entries(std::uint64_t from_seq, std::size_t limit) const;
  /// The newest entry of a kind that decisions are read from. Error: unexpected where it is another.
  [[nodiscard]] Result<std::optional<Entry>> newest(Kind kind) const;
  /// The entries of `authorised`, `configured`, `kit`, `licence`, `key_rotated` or `adopted`, by seq; of a ledger that an
  /// older Airlock made, the newest 10 000 from before. Error: unexpected where it is another kind.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_kind(Kind kind) const;
  /// The entries about a report that the index has, by seq, from `from_seq` on.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_report(std::string_view report_id, std::uint64_t from_seq = 0,
                                                             std::size_t limit = all) const;
  /// Whether an older Airlock made it, and nothing was appended since: then the newest of each kind is found by reading
  /// all of it.
  [[nodiscard]] Result<bool> is_of_format_1() const;
  /// Whether any entry is about this report. What the index does not have is looked for in all of them, which takes
  /// seconds where there are a million: for whoever is about to remove the only copy of something.
  [[nodiscard]] Result<bool> knows_report(std::string_view report_id) const;
  /// The entries that name a disclosure and that the index has, by seq.
  [[nodiscard]] Result<std::vector<Entry>> entries_of_disclosure(std::string_view id) const;
  /// Reports from `from_number` on, by number.
  [[nodiscard]] Result<std::vector<ReportRow>> reports(std::uint64_t from_number, std::size_t limit) const;
  [[nodiscard]] Result<std::optional<ReportRow>> report(std::uint64_t number) const;
  /// The report with this id, as the index has it: what is decided or removed because of it must be proven first.
  [[nodiscard]] Result<std::optional<ReportRow>> report_of(std::string_view report_id) const;
  /// The highest report number and disclosure counter given out so far; 0 where none.
  [[nodiscard]] Result<std::uint64_t> last_number() const;
  [[nodiscard]] Result<std::uint64_t> last_disclosure() const;
  /// The newest time of any entry that is not disowned. An `authorised` entry with a member `clock` disowns all times
  /// before it that are later than its own.
  [[nodiscard]] Result<std::optional<Time>> newest_time() const;
  /// The text that an entry names by `ceiling_sha256`, `terms_sha256` or `declared_sha256`. Error: integrity where it is missing or another.
  [[nodiscard]] Result<std::string> text(const Digest& sha256) const;

  [[nodiscard]] Result<std::optional<Disclosure>> disclosure(std::string_view id) const;
  [[nodiscard]] Result<std::optional<Disclosure>> disclosure_by_number(std::uint64_t disclosure) const;
  /// Disclosures from the counter `from` on, by counter.
  [[nodiscard]] Result<std::vector<Disclosure>> disclosures(std::uint64_t from, std::size_t limit) const;
  [[nodiscard]] Result<std::vector<Disclosure>> disclosures_of_report(std::string_view report_id) const;
  /// Disclosures at stage `recorded` or `sealed`: what recovery has to finish or undo.
  [[nodiscard]] Result<std::vector<Disclosure>> unfinished() const;
  /// Disclosures at stage `queued`, `attempted` or `failed`, from the counter `from` on, by counter.
  [[nodiscard]] Result<std::vector<Disclosure>> waiting(std::uint64_t from, std::size_t limit) const;
  /// How many those are.
  struct Waiting {
    std::uint64_t queued = 0;  ///< with `attempted`
    std::uint64_t failed = 0;
  };
  [[nodiscard]] Result<Waiting> count_waiting() const;
  /// The newest disclosure with a counter below `before` that is sealed, released or sent: a bundle's `previous`.
  [[nodiscard]] Result<std::optional<Disclosure>> previous_disclosure(std::uint64_t before) const;
  /// The newest of these.
  [[nodiscard]] Result<std::optional<Disclosure>> newest_disclosure() const;
  /// Disclosures with a counter below `below` that an entry from `from_seq` on ended without their having left.
  [[nodiscard]] Result<std::vector<Disclosure>> ended_since(std::uint64_t from_seq, std::uint64_t below) const;
  /// Reports with a `produced` entry from `from_seq` on of which no disclosure is sealed, released or sent, by seq: a
  /// bundle's `since_last`. Page on from the last one's `produced.seq` + 1.
  [[nodiscard]] Result<std::vector<Undisclosed>> undisclosed(std::uint64_t from_seq, std::size_t limit) const;

  /// Clears the payload of a disclosure for one sending: its attempt must be recorded and open, and the entry that
  /// recorded it must be the leaf of `permit`, name it, and be in the tree. Errors: unexpected where the permit is for
  /// something else or was moved from, integrity where the leaf does not verify.
  [[nodiscard]] Result<Clearance> clear(core::Permit permit, std::string_view disclosure_id) const;

  /// Reports whose original has this digest, newest first.
  [[nodiscard]] Result<std::vector<Original>> originals(const Digest& sha256) const;
  [[nodiscard]] Result<std::optional<Original>> original(std::string_view report_id) const;
  /// The newest checkpoint that was kept, as a signed note.
  [[nodiscard]] Result<std::optional<std::string>> newest_checkpoint() const;

  /// Copies the whole ledger to `path`, an empty file that exists, while others go on: `db::Database::copy_to`.
  [[nodiscard]] Result<void> copy_to(const std::string& path) const;

  struct State;  ///< for the source files of ledger/

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

 private:
  friend struct LedgerAccess;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace airlock::ledger
