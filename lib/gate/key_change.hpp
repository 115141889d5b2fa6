#pragma once
/// \file
/// What a crash left of a change of keys (steps 1 to 5 are in office/rotate.hpp).

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "site/rotation.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// The kind of the entry that puts a staged key in force.
[[nodiscard]] ledger::Kind kind_of(const site::StagedKey& staged);

/// Finishes or undoes what a crash left. The caller holds the site's lock.
[[nodiscard]] core::Result<void> finish_key_change(const site::Site& site, const ledger::Ledger& ledger,
                                                   core::Time now);

}  // namespace airlock::gate
