#pragma once
/// \file
/// The folder `held/`: bytes of reports that did not leave. How they are kept, how much room they may take, and which
/// of them wait for a decision.
///
/// `held/<report_id>` is the report as it came in. Its newest entry is `held` (it can leave once something at the site
/// changes) or `refused` (it cannot leave as it is). The folder also has the originals of reports that are to be sent,
/// until they are sent; those wait for no decision. Equal bytes are stored once: a second report with the same bytes is
/// a hard link to the same file.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "gate/received.hpp"
#include "gate/session.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "ledger/report_row.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Whether a report waits for a decision if its newest entry is of this kind. Its bytes must be in `held/` too.
[[nodiscard]] constexpr bool waits(ledger::Kind latest) {
  return latest == ledger::Kind::held || latest == ledger::Kind::refused;
}

/// The waiting reports, by number, according to the ledger's index. Error: of the machine, or of the ledger.
[[nodiscard]] Result<std::vector<ledger::ReportRow>> waiting_reports(const site::Site& site,
                                                                     const ledger::Ledger& ledger);

/// The number of waiting reports, for a command that has just changed something by which they are decided.
[[nodiscard]] Result<std::uint64_t> count_waiting_reports(const std::string& directory);

/// Why a report waits, from its newest entry.
struct Why {
  std::string reason;   ///< one word
  std::string message;  ///< a sentence that contains no value of the report
};
[[nodiscard]] Result<Why> why_it_waits(const ledger::Ledger& ledger, const ledger::ReportRow& row);

/// How long before the bytes of a waiting report expire people are warned.
inline constexpr std::chrono::days expiry_warning{14};

/// Reports that wait for the same reason.
struct WaitingGroup {
  bool refused = false;  ///< true: they cannot leave as they are; false: they are held
  std::string reason;    ///< one word
  std::string message;   ///< message of the newest report
  std::uint64_t count = 0;
  std::vector<std::uint64_t> numbers;  ///< newest first, at most `waiting_numbers_maximum`
  core::Time oldest;                   ///< since when the longest-waiting report waits
  core::Time expires;                  ///< when the bytes of that report are removed

  /// Whether it is time to warn people that these reports expire.
  [[nodiscard]] bool expires_soon(core::Time now) const { return expires - expiry_warning <= now; }
};
inline constexpr std::size_t waiting_numbers_maximum = 20;
/// All waiting reports in groups, the group with the most reports first.
[[nodiscard]] Result<std::vector<WaitingGroup>> waiting_by_reason(const site::Site& site, const ledger::Ledger& ledger);
/// The waiting report of this number, even if its bytes are missing. Error: usage if no such report waits.
[[nodiscard]] Result<ledger::ReportRow> waiting_row(const ledger::Ledger& ledger, std::uint64_t number);
/// The waiting report of this number. Errors: usage if no such report waits; integrity if its bytes are missing.
[[nodiscard]] Result<ledger::ReportRow> waiting_report(const site::Site& site, const ledger::Ledger& ledger,
                                                       std::uint64_t number);

/// Reads the bytes of a waiting report, and checks that they are the bytes that came in. Error: integrity if they are
/// not.
[[nodiscard]] Result<Received> receive_kept(const site::Site& site, const ledger::Ledger& ledger,
                                            const ledger::ReportRow& row);

/// Keeps reports in `held/`. It remembers how much room the folder takes, and counts again only if the folder has
/// changed. The caller holds the site's lock for every call.
class Keeping {
 public:
  /// Keeps the bytes durably as `held/<report_id>`. Error: not_recorded if the share has no room left.
  [[nodiscard]] Result<void> keep(const site::Site& site, const ledger::Ledger& ledger, const std::string& report_id,
                                  const Received& report, Share share);
  /// Checks that the share has room for a file of this size, in bytes. Error: not_recorded if it has not.
  [[nodiscard]] Result<void> check_room(const site::Site& site, const ledger::Ledger& ledger, Share share,
                                        std::uint64_t bytes);

  /// Whether this command has already called `recover` and `expire`, which clean up after earlier commands.
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

/// Keeps the original of a report that is about to be sent. It counts towards no share.
[[nodiscard]] Result<void> keep_original(const site::Site& site, const std::string& report_id, const Received& report);

/// Disclosures of this report whose payloads could still be sent: they are queued, attempted, or given up.
[[nodiscard]] Result<std::vector<ledger::Disclosure>> given_up_of(const ledger::Ledger& ledger,
                                                                  const std::string& report_id);
/// Appends a `withdrawn` entry for each disclosure. After the commit, call `remove_payloads` to remove their payloads.
[[nodiscard]] Result<void> withdraw(SessionChange& change, const std::vector<ledger::Disclosure>& disclosures,
                                    std::string_view reason);
[[nodiscard]] Result<void> remove_payloads(const site::Site& site, const std::vector<ledger::Disclosure>& disclosures);

/// Appends that a report is held again, because its disclosure did not leave. Appends nothing if the bytes of the
/// report are not in `held/`.
[[nodiscard]] Result<void> hold_again(SessionChange& change, const site::Site& site,
                                      const ledger::Disclosure& disclosure, std::string_view reason,
                                      const std::string& message);

/// Notes that every waiting report has been decided on with these inputs, so that `process --held` need not decide
/// again until they change. The note is advice only. `inputs` is the digest of everything that a decision depends on;
/// `ledger_size` is the number of entries that had been looked at. The note is the text of the site's lock file, whose
/// lock the caller holds: the worker may write few files, and this is one of them.
[[nodiscard]] Result<void> note_looked(const site::Site& site, const core::Digest& inputs, std::uint64_t ledger_size);
/// The seq from which on no report has been looked at with these inputs. 0: none has been looked at with them.
[[nodiscard]] std::uint64_t looked_until(const site::Site& site, const core::Digest& inputs);

}  // namespace airlock::gate
