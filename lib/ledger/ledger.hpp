#pragma once
/// \file
/// The ledger: an append-only list of facts about every report, in one SQLite file, each entry a leaf of a Merkle tree.
/// Format: docs/formats/ledger.md. It cannot see a report, so it cannot leak one: it takes entries as JSON and opaque
/// decisions. The caller holds the site's lock around a `Change`, and passes time and randomness.
///
/// Outbox and tree nodes are caches: each is a function of the entries, and `verify` makes them again and compares.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/time.hpp"
#include "db/database.hpp"
#include "ledger/checkpoint.hpp"
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

/// What is kept of a report's original outside the tree, and never exported.
struct Original {
  std::string report_id;
  Digest sha256;     ///< finds repeats
  std::string salt;  ///< 32 bytes; the entry has SHA-256(salt ‖ bytes)
  std::uint64_t size = 0;
};

/// How far a disclosure has come, as its entries say.
enum class Stage : std::uint8_t { recorded, sealed, released, abandoned, payload_lost };

/// A disclosure: something that left, or was about to.
struct Disclosure {
  std::string id;                ///< UUID
  std::uint64_t disclosure = 0;  ///< gapless counter
  std::string report_id;
  std::uint64_t number = 0;  ///< of the report
  Stage stage{};
  std::string file;            ///< name in the outbox; from `sealed` on
  std::string file_sha256;     ///< hex; from `sealed` on
  std::string content_sha256;  ///< hex; from `sealed` on
  std::uint64_t size = 0;
};

/// A report as the list shows it: its production and its newest fact.
struct ReportRow {
  std::uint64_t number = 0;
  std::string report_id;
  Time produced;
  Kind latest{};
  std::uint64_t latest_seq = 0;
};

class Ledger {
 public:
  /// Makes the file with the schema. Error: not_recorded.
  [[nodiscard]] static Result<Ledger> create(const std::string& path);
  /// Errors: bad_input (missing), integrity (not a ledger, of a newer schema), not_recorded.
  [[nodiscard]] static Result<Ledger> open(const std::string& path, db::Mode mode);

  /// One write transaction. Nothing of it is seen before `commit`.
  class Change {
   public:
    /// Appends an entry: `format`, `nonce`, `seq`, `time`, `kind`, `report_id` (where there is one), then `members`, an
    /// object with the kind's own members in the order in which they are to stand. `nonce` has 16 random bytes.
    /// Returns its seq.
    [[nodiscard]] Result<std::uint64_t> append(Kind kind, std::string_view report_id, const core::Json& members,
                                               Time time, std::string_view nonce);
    [[nodiscard]] Result<void> keep_original(const Original& original);
    [[nodiscard]] Result<void> keep_checkpoint(const TreeHead& head, std::string_view note);
    /// Commits and returns the tree that is now on disk. After an error the ledger must be opened again.
    [[nodiscard]] Result<TreeHead> commit();
    Change(Change&&) noexcept;
    ~Change();

   private:
    friend class Ledger;
    struct State;
    explicit Change(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
  };
  [[nodiscard]] Result<Change> change();

  [[nodiscard]] Result<TreeHead> head() const;
  [[nodiscard]] Result<std::vector<Digest>> inclusion_proof(std::uint64_t seq, std::uint64_t size) const;

  [[nodiscard]] Result<Entry> entry(std::uint64_t seq) const;
  /// Up to `limit` entries from `from_seq` on.
  [[nodiscard]] Result<std::vector<Entry>> entries(std::uint64_t from_seq, std::size_t limit) const;
  /// The newest entry of a kind.
  [[nodiscard]] Result<std::optional<Entry>> newest(Kind kind) const;
  [[nodiscard]] Result<std::vector<Entry>> entries_of_report(std::string_view report_id) const;
  /// Reports from `from_number` on, by number.
  [[nodiscard]] Result<std::vector<ReportRow>> reports(std::uint64_t from_number, std::size_t limit) const;
  [[nodiscard]] Result<std::optional<ReportRow>> report(std::uint64_t number) const;
  /// The highest report number and disclosure counter given out so far; 0 where none.
  [[nodiscard]] Result<std::uint64_t> last_number() const;
  [[nodiscard]] Result<std::uint64_t> last_disclosure() const;
  /// The newest time of any entry.
  [[nodiscard]] Result<std::optional<Time>> newest_time() const;

  [[nodiscard]] Result<std::optional<Disclosure>> disclosure(std::string_view id) const;
  [[nodiscard]] Result<std::optional<Disclosure>> disclosure_by_number(std::uint64_t disclosure) const;
  /// Disclosures that are neither released nor over: what recovery has to finish or undo.
  [[nodiscard]] Result<std::vector<Disclosure>> unfinished() const;
  /// Reports whose original has this digest, newest first.
  [[nodiscard]] Result<std::vector<Original>> originals(const Digest& sha256) const;
  [[nodiscard]] Result<std::optional<Original>> original(std::string_view report_id) const;
  /// The newest checkpoint that was kept, as a signed note.
  [[nodiscard]] Result<std::optional<std::string>> newest_checkpoint() const;

  Ledger(Ledger&&) noexcept;
  Ledger& operator=(Ledger&&) noexcept;
  ~Ledger();

 private:
  friend struct LedgerAccess;
  struct State;
  explicit Ledger(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace airlock::ledger
