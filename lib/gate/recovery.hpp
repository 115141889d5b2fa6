#pragma once
/// \file
/// Recovery: finishes or undoes what a crash left behind, under the site's lock and before anything new begins. The
/// steps that a crash can cut short are in docs/architecture.md, "the life of a report".
///
/// - A disclosure that was only recorded is undone: recovery records `abandoned`, because its payload cannot be made
///   again. The caller got no exit code, and runs the command again. If the report was held before, it is held again.
/// - A disclosure that was sealed is finished. If its file is missing or altered, recovery records `payload_lost`.
/// - A payload that was queued gets its visible name.
/// - Hidden files that no entry names are removed, and so are payloads that a receipt has acknowledged.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/disclosure.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"

namespace airlock::gate {

struct Recovered {
  std::vector<std::string> finished;  ///< disclosure ids
  std::vector<std::string> abandoned;
  std::vector<std::string> lost;
};

/// Recovers the site: change of keys, kit, disclosures and files. The caller holds the site's lock. Error:
/// not_recorded, or an error of reading site or ledger; the caller must then begin nothing.
[[nodiscard]] core::Result<Recovered> recover(const site::Site& site, ledger::Ledger& ledger, core::Time now);

/// As `recover`, but leaves the reports in `held/` alone: for a command that has already looked at them.
[[nodiscard]] core::Result<void> recover_disclosures(const site::Site& site, ledger::Ledger& ledger, core::Time now);

/// Removes temporary files of interrupted writes from the site's own folder and from `public/`. The caller holds the
/// site's lock.
[[nodiscard]] core::Result<void> sweep_site(const site::Site& site);

/// Steps 2 to 4 for a disclosure at stage `sealed`: links bundle and instructions to their visible names, records
/// `released`, and removes the hidden names. Returns false if the file is not the one that the ledger describes; it has
/// then recorded `payload_lost`. `recovering` marks the entry as made by recovery.
[[nodiscard]] core::Result<bool> release_bundle(const site::Site& site, ledger::Ledger& ledger,
                                                const ledger::Disclosure& disclosure, core::Time now, bool recovering);

/// Steps 2 and 4 for a payload that is recorded as queued: gives it its visible name and removes the hidden one.
[[nodiscard]] core::Result<void> show_payload(const site::Site& site, const std::string& disclosure_id);

}  // namespace airlock::gate
