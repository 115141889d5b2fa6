#pragma once
/// \file
/// Opening a site's ledger to read it; gate/session.hpp changes it. The functions take an opened site, since a
/// directory without a configuration is no site, whatever else it contains.

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

}  // namespace airlock::gate
