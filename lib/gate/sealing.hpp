#pragma once
/// \file
/// Step 1: from a prepared report to a bundle under a hidden name. Space for it is taken before the record is made, so
/// that a full disk stops a report before it is recorded and not between.

#include <cstdint>
#include <string>

#include "core/json.hpp"
#include "core/result.hpp"
#include "gate/history.hpp"
#include "gate/inputs.hpp"
#include "gate/prepare.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

/// What step B records of a bundle.
struct SealedBundle {
  std::string file;  ///< its visible name
  std::string file_sha256;
  std::string content_sha256;
  std::uint64_t size = 0;
  std::string checkpoint;
};

class Sealing {
 public:
  /// Loads the keys, makes the manifest and the instructions, and takes space under the hidden names. `entry` has the
  /// members that the entry to come says of the disclosure: what manifest and entry both say is read from it. Errors:
  /// those of keys and disk.
  [[nodiscard]] static Result<Sealing> begin(const Inputs& inputs, const Prepared& prepared, const core::Json& entry,
                                             const History& history);

  /// The digests of manifest and instructions, which the entry has to record with the disclosure.
  [[nodiscard]] core::Json promise() const;

  /// Writes bundle and instructions, complete and durable. `seq` is the entry that step A committed, `recorded` the
  /// tree after it. What was written outlives this object: from then on recovery decides.
  [[nodiscard]] Result<SealedBundle> write(const ledger::Ledger& ledger, std::uint64_t seq,
                                           const ledger::TreeHead& recorded);

 private:
  Sealing(const Inputs& inputs, const Prepared& prepared, envelope::Manifest manifest, site::Identity identity,
          crypto::PrivateKey ledger_key, std::vector<crypto::Certificate> recipients, std::string how_to_verify,
          sys::NewFile bundle, sys::NewFile instructions);

  const Inputs& inputs_;
  const Prepared& prepared_;
  envelope::Manifest manifest_;
  site::Identity identity_;
  crypto::PrivateKey ledger_key_;
  std::vector<crypto::Certificate> recipients_;
  std::string how_to_verify_;
  sys::NewFile bundle_;
  sys::NewFile instructions_;
};

}  // namespace airlock::gate
