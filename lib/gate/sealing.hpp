#pragma once
/// \file
/// Step 1 for a bundle: makes it from a prepared report, under a hidden name. Disk space is reserved before the report
/// is recorded, so a full disk stops a report before its record and not after it.

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

/// The facts about a bundle that step B records.
struct SealedBundle {
  std::string file;  ///< visible name of the bundle
  std::string file_sha256;
  std::string content_sha256;
  std::uint64_t size = 0;
  std::string checkpoint;
};

class Sealing {
 public:
  /// Loads the keys, makes manifest and instructions, and reserves space under the hidden names. `entry` has the
  /// members that the coming entry has about the disclosure; the manifest takes from it everything that both contain.
  /// Errors: those of keys and disk.
  [[nodiscard]] static Result<Sealing> begin(const Inputs& inputs, const Prepared& prepared, const core::Json& entry,
                                             const History& history);

  /// The digests of manifest, instructions and approvals. The entry must record them with the disclosure.
  [[nodiscard]] core::Json promise() const;

  /// Writes bundle and instructions durably. `seq` is the entry that step A committed, `recorded` the tree after it.
  /// The files stay when this object is destroyed, even after an error; recovery decides what becomes of them.
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
  std::string approvals_;  ///< those of the officers, PEM
  sys::NewFile bundle_;
  sys::NewFile instructions_;
};

}  // namespace airlock::gate
