#pragma once
/// \file
/// The ceiling in the ledger: which entries carry it, and how it is read and written there (gate/ceiling.hpp).

#include <cstdint>
#include <optional>

#include "core/json.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "gate/recorded.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "policy/ceiling.hpp"

namespace airlock::gate {

/// A ceiling with the entry that carries it.
struct RecordedCeiling {
  policy::Ceiling ceiling;
  std::uint64_t seq = 0;  ///< of the entry that carries it
};

/// The newest ceiling that the ledger has; nothing before the first one. Error: as `ceiling_of`.
[[nodiscard]] Result<std::optional<RecordedCeiling>> recorded_ceiling(const ledger::Ledger& ledger);

/// Gives terms that an older release recorded without classes those of the kit that was in force with them, as long as
/// it still is. All others stay without: everything is looser than they, until a person has authorised it.
[[nodiscard]] Result<void> complete_ceiling(policy::Ceiling& ceiling, const Inputs& inputs, const ledger::Ledger& ledger);

/// The ceiling that an entry carries; nothing where it carries none. Errors: integrity where its text is missing, is
/// another, or cannot be read.
[[nodiscard]] Result<std::optional<policy::Ceiling>> ceiling_of(const ledger::Entry& entry,
                                                                const ledger::Ledger& ledger);
/// The terms of the decision that a `produced` or `decided` entry records, under the name of its event; nothing where
/// nothing was to leave, or an older Airlock recorded that something was to be sealed. Error: integrity.
[[nodiscard]] Result<std::optional<policy::Ceiling>> terms_recorded_by(const ledger::Entry& entry,
                                                                       const ledger::Ledger& ledger);
/// The kit that was in force with the ceiling that the entry at `seq` carries: that of the entry itself, if it is a
/// `kit`, else the newest before it.
[[nodiscard]] Result<std::optional<KitInForce>> kit_before(const ledger::Ledger& ledger, std::uint64_t seq);
/// Puts the ceiling into the members of an entry that carries it.
[[nodiscard]] Result<void> add_ceiling(core::Json& members, const Inputs& inputs);
/// The same for `adopted`: the ceiling that the ledger has, with `seal` as the loosest disposition, since what was
/// authorised before may be of the past that was lost.
[[nodiscard]] Result<void> add_reset_ceiling(core::Json& members, const ledger::Ledger& ledger);

}  // namespace airlock::gate
