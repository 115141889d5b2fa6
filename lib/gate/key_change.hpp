#pragma once
/// \file
/// Recovery of a change of keys that a crash cut short (steps 1 to 5 are in office/rotate.hpp).

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "site/rotation.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// The kind of the entry that puts a staged key into force: `key_rotated` or `key_destroyed`.
[[nodiscard]] ledger::Kind kind_of(const site::StagedKey& staged);

/// Puts a staged key in its place if the ledger has its entry, and discards it otherwise. The caller holds the site's
/// lock.
[[nodiscard]] core::Result<void> finish_key_change(const site::Site& site, const ledger::Ledger& ledger,
                                                   core::Time now);

}  // namespace airlock::gate
