#pragma once
/// \file
/// Step 1 for a payload that is to be sent: writes the exact bytes under a hidden name in the outbox. Disk space is
/// reserved before the report is recorded, so a full disk stops a report before its record and not after it.

#include <string>

#include "core/io.hpp"
#include "core/result.hpp"
#include "gate/entries.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "site/site.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

class Queueing {
 public:
  /// Loads the key and reserves space under the hidden name. `payload` must outlive the object. Errors: those of key
  /// and disk.
  [[nodiscard]] static Result<Queueing> begin(const site::Site& site, const core::Blob& payload,
                                              const NewDisclosure& disclosure);

  /// Writes the payload durably, and signs the checkpoint of the tree that step A committed. Returns the members of the
  /// `queued` entry, which step B records. The file stays when this object is destroyed, even after an error; recovery
  /// decides what becomes of it.
  [[nodiscard]] Result<core::Json> write(const core::Digest& payload_sha256, const ledger::TreeHead& recorded);

 private:
  Queueing(const site::Site& site, const core::Blob& payload, NewDisclosure disclosure, crypto::PrivateKey ledger_key,
           sys::NewFile file);

  const site::Site& site_;
  const core::Blob& payload_;
  NewDisclosure disclosure_;
  crypto::PrivateKey ledger_key_;
  sys::NewFile file_;
};

}  // namespace airlock::gate
