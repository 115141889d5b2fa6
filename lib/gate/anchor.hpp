#pragma once
/// \file
/// The anchor: the ledger's newest checkpoint in a file beside the database, written after every commit. A ledger that
/// is behind it, or has another past, was rolled back, cut short or rebuilt, and nothing is begun on it until a person
/// says why and that is recorded (docs/formats/ledger.md). So are bundles in the outbox that the ledger does not know.
///
/// Whoever puts back ledger, anchor and outbox of one moment together is not found here, only by a checkpoint that is
/// kept elsewhere.

#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Signs the ledger's tree as it is now and puts it in the anchor's place.
[[nodiscard]] core::Result<void> write_anchor(const site::Site& site, const crypto::PrivateKey& key,
                                              const ledger::TreeHead& head);

/// Lets the ledger believe the anchor: whatever is read from it is in the anchor's tree, or newer. Error: integrity,
/// with the way out, where the ledger is not what the anchor saw.
[[nodiscard]] core::Result<void> believe_anchor(const site::Site& site, const ledger::Ledger& ledger);

/// Records which entries that decisions are read from are newer than the anchor that was believed: a crash left them
/// so, or somebody wrote them who is not Airlock. Under the lock, right after the ledger was opened, and not in the
/// worker of `process`, which cannot write the anchor.
[[nodiscard]] core::Result<void> name_what_is_newer(ledger::Ledger& ledger, core::Time now);

/// The signed note in the anchor's file. Error: integrity where the file is missing; those of reading it.
[[nodiscard]] core::Result<std::string> read_anchor(const site::Site& site);

/// Names of bundles in the outbox whose disclosure the ledger does not have.
[[nodiscard]] core::Result<std::vector<std::string>> unknown_bundles(const site::Site& site, const ledger::Ledger& ledger);

/// Whether the ledger is what anchor and outbox saw, and then `believe_anchor`. Error: integrity, with the way out.
[[nodiscard]] core::Result<void> check_past(const site::Site& site, const ledger::Ledger& ledger);

/// Whether the ledger holds the tree of `checkpoint`, which `whose` names in messages: `the anchor`. Error: integrity.
[[nodiscard]] core::Result<void> check_holds(const ledger::Ledger& ledger, const ledger::TreeHead& checkpoint,
                                             std::string_view whose);

}  // namespace airlock::gate
