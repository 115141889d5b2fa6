#pragma once
/// \file
/// The site's readers (`"readers"` in `airlock.json`): a group whose members, such as compliance officers, may read the
/// site but for the keys that sign, and may drop files into `approvals/`. The permissions of files and folders carry
/// this out; docs/formats/site.md lists them.
///
/// The configuration is what somebody wrote, and the permissions are what is so. The owner's next run makes the second
/// follow the first, also where readers were taken away.

#include "core/result.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// Whether the site directory has the permissions that the configuration asks for. Error: bad_input if the system knows
/// no such group.
[[nodiscard]] Result<bool> readers_are_settled(const Site& site);

/// Writes `keys/ledger.pub`: the line by which `ledger.key` is known, as `ledger verify --public-key` takes it.
[[nodiscard]] Result<void> write_ledger_public_key(const Site& site);

/// Gives the readers' group its access, or takes it away where there are no readers. Does nothing where the site
/// directory has the permissions already: it gets them last. Errors: bad_input (no such group), unexpected (this user
/// is neither root nor a member of the group).
[[nodiscard]] Result<void> settle_readers(const Site& site);

}  // namespace airlock::site
