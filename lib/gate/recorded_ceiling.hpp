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
  std::uint64_t seq = 0;  ///< seq of the entry that carries it
};

/// The newest ceiling that the ledger has; nothing before the first one. Error: as `ceiling_of`.
[[nodiscard]] Result<std::optional<RecordedCeiling>> recorded_ceiling(const ledger::Ledger& ledger);

/// Completes terms that an older release recorded without classes. It takes the classes from the kit in force, if that
/// kit was in force when the terms were first recorded. Other terms stay without classes: everything counts as looser
/// than they are, until a person authorises it.
[[nodiscard]] Result<void> complete_ceiling(policy::Ceiling& ceiling, const Inputs& inputs,
                                            const ledger::Ledger& ledger);

/// The ceiling that an entry carries; nothing if it carries none. Error: integrity if its text is missing, has another
/// digest, or cannot be read.
[[nodiscard]] Result<std::optional<policy::Ceiling>> ceiling_of(const ledger::Entry& entry,
                                                                const ledger::Ledger& ledger);
/// The terms of the decision that a `produced` or `decided` entry records, under the name of its event. Nothing if
/// nothing was to leave, or if an older release recorded a decision to seal. Error: integrity.
[[nodiscard]] Result<std::optional<policy::Ceiling>> terms_recorded_by(const ledger::Entry& entry,
                                                                       const ledger::Ledger& ledger);
/// The kit that was in force together with the ceiling that the entry at `seq` carries: the kit of that entry if it is
/// a `kit` entry, else the newest one before it.
[[nodiscard]] Result<std::optional<KitInForce>> kit_before(const ledger::Ledger& ledger, std::uint64_t seq);
/// Adds the ceiling to the members of an entry that carries it. Error: refused if it is too large for an entry.
[[nodiscard]] Result<void> add_ceiling(core::Json& members, const Inputs& inputs);
/// The same for an `adopted` entry: adds the ceiling that the ledger has, with `seal` as the loosest disposition. A
/// person may have authorised the earlier one in the part of the ledger that was lost.
[[nodiscard]] Result<void> add_reset_ceiling(core::Json& members, const ledger::Ledger& ledger);

}  // namespace airlock::gate
