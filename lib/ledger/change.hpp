#pragma once
/// \file
/// A change of the ledger: entries and what belongs to them, appended in one transaction.
///
/// Nothing that was appended can be taken back, so `append` refuses every entry that `verify` would call a fault later.
///
///     AIRLOCK_TRY(auto change, ledger.change(lock));
///     AIRLOCK_CHECK(change.append(Kind::produced, report_id, members, now, nonce));
///     AIRLOCK_CHECK(change.keep_original({report_id, digest, salt, size}));
///     AIRLOCK_TRY(const TreeHead head, change.commit());

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/kind.hpp"
#include "ledger/merkle.hpp"
#include "ledger/report_row.hpp"

namespace airlock::ledger {

class LedgerState;

/// One write transaction, which `Ledger::change` begins. Before `commit` only queries through the same ledger see it.
/// The destructor undoes it where it was not committed. After an error of any of its functions it cannot be committed.
/// It must go before its ledger does; the ledger may be moved meanwhile.
///
/// Errors of every function: not_recorded (busy, full, read-only), integrity (a damaged file), and those that it names.
class Change {
 public:
  /// Appends an entry and returns its seq. The body has `format`, `nonce`, `seq`, `time`, `kind`, `report_id` (where it
  /// is not empty), and then `members`: an object with the members of this kind, in their order, all texts in UTF-8.
  /// `nonce` has 16 random bytes. docs/formats/ledger.md has the members that the ledger reads. The texts of `ceiling`,
  /// `terms` and `declared` go into a table, and the entry names them by SHA-256. Error: unexpected where a member is
  /// ill-formed, a number is not the next one, or a stage does not follow.
  [[nodiscard]] Result<std::uint64_t> append(Kind kind, std::string_view report_id, const core::Json& members,
                                             core::Time time, std::string_view nonce);
  /// Keeps what finds a repeat of a report: once for each report, in the change that appends its `produced` entry, and
  /// after that entry. Error: unexpected otherwise.
  [[nodiscard]] Result<void> keep_original(const Original& original);
  /// Keeps a signed checkpoint. Keeping the same one again does nothing. Error: unexpected where `head` is not a
  /// committed state of this tree, or not larger than that of the checkpoint kept last.
  [[nodiscard]] Result<void> keep_checkpoint(const TreeHead& head, std::string_view note);
  /// Commits, and returns the tree that is now on disk. After an error nobody knows whether the change was recorded.
  /// The ledger then refuses every call, and must be opened again.
  [[nodiscard]] Result<TreeHead> commit();
  Change(Change&&) noexcept;
  Change& operator=(Change&&) = delete;
  ~Change();

 private:
  friend class Ledger;
  struct State;
  [[nodiscard]] static Result<Change> begin(LedgerState& ledger);
  explicit Change(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace airlock::ledger
