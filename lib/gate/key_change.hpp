#pragma once
/// \file
/// Recovery of a change of keys that a crash cut short (steps 1 to 5 are in office/rotate.hpp).

#include "core/result.hpp"
#include "gate/session.hpp"
#include "ledger/kind.hpp"
#include "site/rotation.hpp"

namespace airlock::gate {

/// The kind of the entry that puts a staged key into force: `key_rotated` or `key_destroyed`.
[[nodiscard]] ledger::Kind kind_of(const site::StagedKey& staged);

/// Puts a staged key in its place if the ledger has its entry, and discards it otherwise.
[[nodiscard]] core::Result<void> finish_key_change(const Session& session);

}  // namespace airlock::gate
