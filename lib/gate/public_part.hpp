#pragma once
/// \file
/// Keeps `public/site.json` up to date. Applications that run as another user verify the licence by it, since they
/// cannot read the ledger.

#include <optional>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/recorded.hpp"
#include "ledger/ledger.hpp"
#include "licence/seen.hpp"
#include "licence/verdict.hpp"
#include "public/public_site.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// When the vendor issued the kit in force, according to the ledger; nothing before the first kit.
[[nodiscard]] core::Result<std::optional<core::Time>> kit_issued(const ledger::Ledger& ledger);

/// The newest time that is known to have passed at this site: the later one of the newest time in the ledger that was
/// not disowned, and the time at which the kit was issued.
[[nodiscard]] core::Result<std::optional<core::Time>> newest_trusted_time(const ledger::Ledger& ledger);

/// The content of `public/site.json`. Nothing if the file is missing or not sound; it is made again then.
[[nodiscard]] std::optional<published::PublicSite> read_public(const site::Site& site);
/// The `newest_time` in `public/site.json`; nothing if the file is missing or not sound.
[[nodiscard]] std::optional<core::Time> newest_shown(const site::Site& site);

/// The newest kit and the revocation lists that ledger and `public/site.json` know together. Both are asked, since
/// either may have been restored from an older backup.
[[nodiscard]] published::KnownKit known_kit(const site::Site& site, const std::optional<KitInForce>& in_force);

/// How far `newest_time` may lag before the file is written again: half of the clock guard's tolerance.
inline constexpr std::chrono::hours public_time_lag{1};

/// Makes the file name this kit as the newest, even if it named one with a higher number: a person may step back to an
/// older kit. Revocation lists that the file names already stay. Does nothing if the file is missing or not sound.
/// Error: not_recorded.
[[nodiscard]] core::Result<void> name_kit(const site::Site& site, const published::KnownKit& kit);

/// For a takeover that is undone: in the file's list of seen licences, replaces what a wrong clock added (`by_clock`)
/// by the right one (`right`). Does nothing if the file is missing, not sound, or of an older format. Error:
/// not_recorded.
[[nodiscard]] core::Result<void> name_licences(const site::Site& site, const licence::SeenLicences& by_clock,
                                               const licence::SeenLicences& right);

/// Brings the file up to date with configuration, signing certificate, ledger, `now`, and the licence if its state
/// counts as seen. Writes it atomically, and only if that changes something. The caller holds the lock. It calls this
/// before a change that moves the newest time forward, and after one that moves it back. Errors: bad_input,
/// not_recorded.
[[nodiscard]] core::Result<void> refresh_public(const site::Site& site, const ledger::Ledger& ledger,
                                                const licence::LicenceVerdict& verdict, core::Time now);

}  // namespace airlock::gate
