#pragma once
/// \file
/// Opening a site's ledger. The functions take an opened site, since a directory without a configuration is no site,
/// whatever else it contains.

#include "ledger/ledger.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Opens the ledger for a command that changes nothing. If a crash interrupted a change, that must be undone before
/// anybody can read; it is undone if this user may write, so `status` works after a crash too. A ledger that is not the
/// one of the rollback anchor is opened all the same; `doctor` and `ledger verify` report that. Errors: as
/// `ledger::Ledger::open`.
[[nodiscard]] core::Result<ledger::Ledger> open_to_read(const site::Site& site);

/// Opens the ledger for a command that shows what would leave. Errors: as `open_to_read`, and integrity if the ledger
/// is not the one of the rollback anchor.
[[nodiscard]] core::Result<ledger::Ledger> open_to_decide(const site::Site& site);

/// Opens the ledger for a command that holds the site's lock, or is about to take it. Every commit then renews the
/// rollback anchor. Errors: as `ledger::Ledger::open`; refused (the site is on a network file system), not_recorded (on
/// a read-only one), integrity if the ledger does not agree with rollback anchor and outbox (anchor.hpp).
[[nodiscard]] core::Result<ledger::Ledger> open_to_write(const site::Site& site);

/// The same without that check of the past: for `init`, which begins it, and for `ledger adopt`, which records it.
[[nodiscard]] core::Result<ledger::Ledger> open_to_adopt(const site::Site& site);

}  // namespace airlock::gate
