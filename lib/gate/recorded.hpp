#pragma once
/// \file
/// The ledger's records of kits and licences: which kit is in force, and which licences were seen.

#include <optional>

#include "core/result.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "licence/licence.hpp"
#include "licence/seen.hpp"
#include "public/known_kit.hpp"

namespace airlock::gate {

using core::Result;

/// The kit in force: the one that the newest `kit` entry names, with the revocation lists that came with it.
using KitInForce = published::KnownKit;
[[nodiscard]] Result<std::optional<KitInForce>> kit_in_force(const ledger::Ledger& ledger);
/// The kit that a `kit` entry names. Error: integrity.
[[nodiscard]] Result<KitInForce> kit_named_by(const ledger::Entry& entry);

/// The licences of this product and site that the ledger has seen. The newest `licence` entry lists all of them. If an
/// older release made it, all `licence` entries are read instead. Error: integrity.
[[nodiscard]] Result<licence::SeenLicences> seen_licences(const ledger::Ledger& ledger);

/// Whether the newest `licence` entry is about this licence.
[[nodiscard]] Result<bool> is_known(const licence::Licence& licence, const ledger::Ledger& ledger);

}  // namespace airlock::gate
