#pragma once
/// \file
/// The bytes of reports that did not leave, in `held/`: how they are kept, how many there may be, and which of them wait
/// for a decision.
///
/// `held/<report_id>` is the report as it came in. It waits as `held` (it can leave once something at the site changes)
/// or as `refused` (it cannot leave as it is); until a report has been sent, its original lies there too and waits for
/// nothing. The same bytes are kept once: a second report gets a second name of the same file.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "gate/received.hpp"
#include "ledger/change.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/report_row.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Whether a report whose newest entry is of this kind waits, if its bytes are there.
[[nodiscard]] constexpr bool waits(ledger::Kind latest) {
  return latest == ledger::Kind::held || latest == ledger::Kind::refused;
}

/// The reports that wait, by number, as the ledger's index has them. Error: of the machine, or of the ledger.
[[nodiscard]] Result<std::vector<ledger::ReportRow>> waiting_reports(const site::Site& site,
                                                                     const ledger::Ledger& ledger);

/// How many they are, for a command that has just changed what they are decided by.
[[nodiscard]] Result<std::uint64_t> count_waiting_reports(const std::string& directory);

/// Why a report waits, from its newest entry.
struct Why {
  std::string reason;   ///< one word
  std::string message;  ///< a sentence, without values of the report
};
[[nodiscard]] Result<Why> why_it_waits(const ledger::Ledger& ledger, const ledger::ReportRow& row);

/// How long before the bytes of a report that waits expire people are warned.
inline constexpr std::chrono::days expiry_warning{14};

/// Reports that wait for the same reason.
struct WaitingGroup {
  bool refused = false;                ///< they cannot leave as they are; else they are held
  std::string reason;                  ///< one word
  std::string message;                 ///< of the newest
  std::uint64_t count = 0;
  std::vector<std::uint64_t> numbers;  ///< the newest first, up to `waiting_numbers_most`
  core::Time oldest;                         ///< since when the one has waited that waits longest
  core::Time expires;                        ///< when the bytes of that one are removed

  /// Whether people are to be warned of it.
  [[nodiscard]] bool expires_soon(core::Time now) const { return expires - expiry_warning <= now; }
};
inline constexpr std::size_t waiting_numbers_most = 20;
/// All that wait, those with the most reports first.
[[nodiscard]] Result<std::vector<WaitingGroup>> waiting_by_reason(const site::Site& site, const ledger::Ledger& ledger);
/// The report of this number, which waits, whether or not its bytes are there. Error: usage where it does not wait.
[[nodiscard]] Result<ledger::ReportRow> waiting_row(const ledger::Ledger& ledger, std::uint64_t number);
/// The report of this number that waits. Error: usage where it does not wait; integrity where its bytes are gone.
[[nodiscard]] Result<ledger::ReportRow> waiting_report(const site::Site& site, const ledger::Ledger& ledger,
                                                       std::uint64_t number);

/// The bytes of a report that waits, and that they are those that came in. Error: integrity where they are not.
[[nodiscard]] Result<Received> receive_kept(const site::Site& site, const ledger::Ledger& ledger,
                                            const ledger::ReportRow& row);

/// Keeps reports. It remembers what the folder holds from one report to the next, and looks again only where the folder
/// has changed. The caller holds the site's lock for every call.
class Keeping {
 public:
  /// Keeps the bytes durably as `held/<report_id>`. Error: not_recorded where the share is full.
  [[nodiscard]] Result<void> keep(const site::Site& site, const ledger::Ledger& ledger, const std::string& report_id,
                                  const Received& report, Share share);
  /// Whether a file of this size may be moved in.
  [[nodiscard]] Result<void> check_room(const site::Site& site, const ledger::Ledger& ledger, Share share,
                                        std::uint64_t bytes);

  /// Whether this command has already seen to what earlier ones left behind: `recover` and `expire`.
  bool tidied = false;

 private:
  [[nodiscard]] Result<void> count(const site::Site& site, const ledger::Ledger& ledger);
  void took(const site::Site& site, Share share, std::uint64_t bytes);

  struct Taken {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
  };
  std::map<Share, Taken> taken_;
  std::optional<std::int64_t> stamp_;
};

/// Keeps the original of a report that is about to be sent, which no share counts.
[[nodiscard]] Result<void> keep_original(const site::Site& site, const std::string& report_id, const Received& report);

/// Disclosures of a report that were given up, and whose payloads could still be sent.
[[nodiscard]] Result<std::vector<ledger::Disclosure>> given_up_of(const ledger::Ledger& ledger,
                                                                  const std::string& report_id);
/// Appends that they are withdrawn. Once that is committed, `remove_payloads` removes what was to be sent.
[[nodiscard]] Result<void> withdraw(ledger::Change& change, const std::vector<ledger::Disclosure>& disclosures,
                                    std::string_view reason, core::Time now);
[[nodiscard]] Result<void> remove_payloads(const site::Site& site, const std::vector<ledger::Disclosure>& disclosures);

/// Appends that a report is held again, since what was to leave of it did not; nothing where its bytes are not there.
[[nodiscard]] Result<void> hold_again(ledger::Change& change, const site::Site& site,
                                      const ledger::Disclosure& disclosure, std::string_view reason,
                                      const std::string& message, core::Time now);

/// Notes that every report that waits has been decided on as things stand at the site: advice that spares `process --held`
/// to do it again. The note is the text of the file that is the site's lock, which the caller holds: the process that
/// reads reports writes few files, and this is one of them. `inputs` stands for all that a decision depends on.
[[nodiscard]] Result<void> note_looked(const site::Site& site, const core::Digest& inputs, std::uint64_t ledger_size);
/// From which entry on reports have not been looked at as things stand; 0: none has.
[[nodiscard]] std::uint64_t looked_until(const site::Site& site, const core::Digest& inputs);

}  // namespace airlock::gate
