#pragma once
/// \file
/// The rollback anchor: a file beside the database with the ledger's newest checkpoint, written after every commit. A
/// ledger that is behind it, or has a different past, was rolled back, cut short or rebuilt. Nothing is begun on such a
/// ledger until a person gives a reason and that is recorded (docs/formats/ledger.md). A bundle in the outbox that the
/// ledger does not know has the same effect.
///
/// It cannot detect that somebody put back ledger, rollback anchor and outbox of one moment together. Only a checkpoint
/// that is kept elsewhere reveals that.

#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "ledger/keys.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Signs `head`, the ledger's tree as it is now, and replaces the rollback anchor with the signed note.
[[nodiscard]] core::Result<void> write_anchor(const site::Site& site, const crypto::PrivateKey& key,
                                              const ledger::TreeHead& head);

/// Makes the ledger believe the rollback anchor: every entry that is read from then on is in the anchor's tree, or
/// newer. Error: integrity, with a way out, if the ledger is not the one that the anchor describes.
[[nodiscard]] core::Result<void> believe_anchor(const site::Site& site, const ledger::Ledger& ledger);

/// The members of a `recovered` entry that names the orders that are newer than the believed rollback anchor: entries
/// that later decisions depend on. A crash left them so, or somebody other than Airlock wrote them. Empty if there are
/// none. Call it under the lock, right after the ledger was opened, and not in the worker of `process`, which cannot
/// write the rollback anchor.
[[nodiscard]] core::Result<core::Json> newer_than_anchor(const ledger::Ledger& ledger);

/// The signed note in the rollback anchor's file. Errors: integrity if the file is missing; those of reading it.
[[nodiscard]] core::Result<std::string> read_anchor(const site::Site& site);

/// The tree that the rollback anchor signs. Whoever may not sign a checkpoint has the newest one there.
struct SignedTree {
  ledger::TreeHead head;
  std::string checkpoint;  ///< the signed note
};
/// Reads the rollback anchor and verifies it with the key that was in force for its tree. Errors: as `read_anchor`;
/// integrity.
[[nodiscard]] core::Result<SignedTree> anchored_tree(const site::Site& site, const ledger::KeyHistory& keys);

/// Names of bundles in the outbox whose disclosure is not in the ledger.
[[nodiscard]] core::Result<std::vector<std::string>> unknown_bundles(const site::Site& site,
                                                                     const ledger::Ledger& ledger);

/// Checks the ledger against the rollback anchor, as `believe_anchor` does, and against the bundles in the outbox.
/// Bundles that the newest `adopted` entry names are accepted. Error: integrity, with a way out.
[[nodiscard]] core::Result<void> check_past(const site::Site& site, const ledger::Ledger& ledger);

/// Checks that the ledger contains the tree of `checkpoint`. Messages call it `whose`, such as `the anchor`. Error:
/// integrity.
[[nodiscard]] core::Result<void> check_holds(const ledger::Ledger& ledger, const ledger::TreeHead& checkpoint,
                                             std::string_view whose);

}  // namespace airlock::gate
