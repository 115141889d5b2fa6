#pragma once
/// \file
/// Opening a site's ledger. Takes the opened site, since a directory without configuration is none, whatever else is in
/// it.

#include "ledger/ledger.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// For commands that change nothing. A change that a crash interrupted must be undone before anybody can read; where
/// this user may write, that is done, so that `status` works after a crash too. Errors: as `ledger::Ledger::open`.
[[nodiscard]] core::Result<ledger::Ledger> open_to_read(const site::Site& site);

/// The same for commands that tell what would leave: what they read must be what the anchor saw. Error also: integrity.
/// `open_to_read` shows a ledger that is another as it is; `doctor` and `ledger verify` say so.
[[nodiscard]] core::Result<ledger::Ledger> open_to_decide(const site::Site& site);

/// For the holder of the site's lock, or who is about to take it. Every commit then renews the anchor. Errors also:
/// refused (the site is on a network file system), not_recorded (on a read-only one), integrity where the ledger is not
/// what anchor and outbox saw (anchor.hpp).
[[nodiscard]] core::Result<ledger::Ledger> open_to_write(const site::Site& site);

/// The same without that look at the past: for `init`, which makes it, and for `ledger adopt`, which records it.
[[nodiscard]] core::Result<ledger::Ledger> open_to_adopt(const site::Site& site);

}  // namespace airlock::gate
