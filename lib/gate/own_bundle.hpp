#pragma once
/// \file
/// Opens the site's own bundles with its archive key and checks them against its own ledger.

#include <string>

#include "core/result.hpp"
#include "envelope/bundle.hpp"
#include "ledger/keys.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

/// A bundle of this site that was opened and verified, with the scratch space that holds its content.
struct OwnBundle {
  std::unique_ptr<sys::Spool> scratch;
  envelope::OpenedBundle bundle;
};

/// Opens a bundle and verifies its encryption, the site's signature, archive, manifest, digests, the ledger's
/// checkpoint and the proof that the entry is in that checkpoint. Then compares the bundle with this site's ledger.
/// Errors: bad_input, integrity, refused (not sealed for this site).
[[nodiscard]] core::Result<OwnBundle> open_own_bundle(const std::string& directory, const std::string& path);

/// Verifies what a bundle of any site carries of its ledger: the proof that its entry is in its checkpoint, the
/// checkpoint's signature by one of `keys`, which the manifest must name, and the proof of growth. Error: integrity,
/// bad_input.
[[nodiscard]] core::Result<void> check_proofs(const envelope::OpenedBundle& bundle, const ledger::KeyHistory& keys);

}  // namespace airlock::gate
