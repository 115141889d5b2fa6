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

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/session.hpp"
#include "ledger/disclosure.hpp"
#include "site/site.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

struct Recovered {
  std::vector<std::string> finished;  ///< disclosure ids
  std::vector<std::string> abandoned;
  std::vector<std::string> lost;
};

/// Recovers the site: change of keys, kit, disclosures and files. Error: not_recorded, or an error of reading site or
/// ledger; the caller must then begin nothing.
[[nodiscard]] core::Result<Recovered> recover(Session& session);

/// As `recover`, but leaves the reports in `held/` alone: for a command that has already looked at them.
[[nodiscard]] core::Result<void> recover_disclosures(Session& session);

/// What happens first to work that a crash cut short.
enum class Unfinished : std::uint8_t {
  is_finished,  ///< `recover` finishes or undoes it
  is_left,      ///< the next report finishes it: the order must be recorded before anything else leaves the site
};
/// Begins the session of a person's command: names newer orders, and finishes what is unfinished where the caller asks
/// for it. Errors: those of `Site::open`, `Session::begin` and `recover`.
[[nodiscard]] core::Result<Session> begin_session(const std::string& directory, Patience patience,
                                                  Unfinished unfinished, const sys::World& world = sys::real_world());
/// The same for a site that the caller has opened.
[[nodiscard]] core::Result<Session> begin_session(site::Site site, Patience patience, Unfinished unfinished);

/// Removes temporary files of interrupted writes from the site's own folder, `public/`, `keys/`, `trust/vendor/` and
/// `history/`: such a file may hold a whole private key. The caller holds the site's lock.
[[nodiscard]] core::Result<void> sweep_site(const site::Site& site);

/// Steps 2 to 4 for a disclosure at stage `sealed`: links bundle and instructions to their visible names, records
/// `released`, and removes the hidden names. Returns false if the file is not the one that the ledger describes; it has
/// then recorded `payload_lost`. `recovering` marks the entry as made by recovery.
[[nodiscard]] core::Result<bool> release_bundle(Session& session, const ledger::Disclosure& disclosure,
                                                bool recovering);

/// Steps 2 and 4 for a payload that is recorded as queued: gives it its visible name and removes the hidden one.
[[nodiscard]] core::Result<void> show_payload(const site::Site& site, const std::string& disclosure_id);

}  // namespace airlock::gate
