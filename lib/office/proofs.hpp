#pragma once
/// \file
/// What a site hands to an auditor: a signed checkpoint of its ledger, and the proof that one entry is in it, which shows
/// none of the others. No checkpoint is signed for a ledger that is not what its anchor saw.

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "ledger/entry.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

struct SignedHead {
  ledger::TreeHead head;
  std::string checkpoint;  ///< the signed note
  std::string ledger_key;  ///< verifier key
};

/// A checkpoint of the ledger as it is now. Errors: integrity (its past), those of the key.
[[nodiscard]] core::Result<SignedHead> sign_head(const std::string& directory);

struct ProvenEntry {
  ledger::Entry entry;
  std::string proof;  ///< C2SP tlog-proof
  SignedHead head;
};

/// Proves the entry that disclosed report `number`, or its `produced` where nothing of it is to leave. Error: usage where there is no such report.
[[nodiscard]] core::Result<ProvenEntry> prove_report(const std::string& directory, std::uint64_t number);
/// Proves any entry. Error: bad_input where there is none.
[[nodiscard]] core::Result<ProvenEntry> prove_entry(const std::string& directory, std::uint64_t seq);

}  // namespace airlock::office
