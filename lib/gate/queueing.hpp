#pragma once
/// \file
/// Step 1 for what is to be sent: the exact bytes under a hidden name in the outbox. Space for them is taken before the
/// record is made, so that a full disk stops a report before it is recorded and not between.

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
  /// Loads the key and takes space under the hidden name. `payload` must outlive this. Errors: those of key and disk.
  [[nodiscard]] static Result<Queueing> begin(const site::Site& site, const core::Blob& payload,
                                              const NewDisclosure& disclosure);

  /// Writes the payload, complete and durable, and signs the checkpoint of the tree that step A committed. Returns the
  /// members of `queued`, which step B records. What was written outlives this object: from then on recovery decides.
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
