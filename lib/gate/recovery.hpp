#pragma once
/// \file
/// Finishes or undoes what a crash left, under the site's lock and before anything new is done (DESIGN 6.6).
///
/// A disclosure that was only recorded is undone (`abandoned`: its payload cannot be made again, and the caller who got
/// no exit code runs again), and a report that had been held is held again. One that was sealed is finished; if its
/// file is gone or altered it is `payload_lost`. A payload that was queued gets its name. Hidden files that no entry
/// names are removed, and so are payloads that a receipt has acknowledged.

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

/// The caller holds the lock. Error: not_recorded and the like; then nothing may be begun.
[[nodiscard]] core::Result<Recovered> recover(const site::Site& site, ledger::Ledger& ledger, core::Time now);

/// The same for what lies in the outbox only: for a command that has already looked at `held/`.
[[nodiscard]] core::Result<void> recover_disclosures(const site::Site& site, ledger::Ledger& ledger, core::Time now);

/// Removes files of writes that were cut short from the site's own folder and `public/`. The caller holds the lock.
[[nodiscard]] core::Result<void> sweep_site(const site::Site& site);

/// Steps 2 to 4 for a disclosure in stage `sealed`: link to the visible names, record `released`, remove hidden names.
/// Returns false where the file is not what the ledger says; then it was recorded as `payload_lost`.
[[nodiscard]] core::Result<bool> release_bundle(const site::Site& site, ledger::Ledger& ledger,
                                         const ledger::Disclosure& disclosure, core::Time now, bool recovering);

/// Steps 2 and 4 for a payload that is recorded as queued: its visible name instead of the hidden one.
[[nodiscard]] core::Result<void> show_payload(const site::Site& site, const std::string& disclosure_id);

}  // namespace airlock::gate
