#pragma once
/// \file
/// `public/site.json`, kept up to date for applications that verify the licence as another user and see no ledger.

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

/// When the vendor issued the kit in force, by the ledger.
[[nodiscard]] core::Result<std::optional<core::Time>> kit_issued(const ledger::Ledger& ledger);

/// The newest time that is known to have passed at this site: of ledger entries not disowned, and of the kit's
/// `issued`.
[[nodiscard]] core::Result<std::optional<core::Time>> newest_trusted_time(const ledger::Ledger& ledger);

/// What `public/site.json` says; nothing where it is missing or not sound, since it is made again then.
[[nodiscard]] std::optional<published::PublicSite> read_public(const site::Site& site);
/// What it gives as that time; nothing where the file is missing or not sound.
[[nodiscard]] std::optional<core::Time> newest_shown(const site::Site& site);

/// What is known of kits, by the ledger and by `public/site.json`: a backup may have put one of them back.
[[nodiscard]] published::KnownKit known_kit(const site::Site& site, const std::optional<KitInForce>& in_force);

/// How far `newest_time` may be behind before the file is written again: half of the clock guard's tolerance.
inline constexpr std::chrono::hours public_time_lag{1};

/// Makes the file name this kit as the newest, with the revocation lists that it names already; also where it named one
/// with a higher number: for a step back. Does nothing where the file is missing or not sound. Error: not_recorded.
[[nodiscard]] core::Result<void> name_kit(const site::Site& site, const published::KnownKit& kit);

/// Makes the file name these licences as seen where it names those that a wrong clock made it see: for a takeover that
/// is taken back. Does nothing where the file is missing or not sound. Error: not_recorded.
[[nodiscard]] core::Result<void> name_licences(const site::Site& site, const licence::SeenLicences& by_clock,
                                               const licence::SeenLicences& right);

/// Makes the file say what configuration, signing certificate and ledger say, and what the licence, if it is this
/// site's, and `now` add to it; writes it, atomically, only where that changes something. The caller holds the lock and
/// calls it before a change that moves time forward, and behind one that takes it back. Errors: bad_input,
/// not_recorded.
[[nodiscard]] core::Result<void> refresh_public(const site::Site& site, const ledger::Ledger& ledger,
                                                const licence::LicenceVerdict& verdict, core::Time now);

}  // namespace airlock::gate
