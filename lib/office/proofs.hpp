#pragma once
/// \file
/// Evidence for an auditor: a signed checkpoint of the ledger, and a proof that one entry is in it. The proof shows no
/// other entry. No checkpoint is signed if the ledger contradicts its rollback anchor.

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
  std::string ledger_key;  ///< the verifier key as text
};

/// Signs a checkpoint of the ledger as it is now. For a reader of the site, who may not read the ledger's key: the
/// rollback anchor, which was signed after the last change. Errors: integrity (the ledger contradicts its rollback
/// anchor or the outbox), those of the key.
[[nodiscard]] core::Result<SignedHead> sign_head(const std::string& directory);

struct ProvenEntry {
  ledger::Entry entry;
  std::string proof;  ///< C2SP tlog-proof
  SignedHead head;
};

/// Proves the entry that disclosed report `number`. If the report was never disclosed, or every disclosure of it was
/// abandoned, withdrawn or lost, proves its first entry, `produced`. Errors: usage if there is no such report;
/// not_recorded if a reader asks for an entry that is newer than the rollback anchor.
[[nodiscard]] core::Result<ProvenEntry> prove_report(const std::string& directory, std::uint64_t number);
/// Proves entry `seq`. Errors: bad_input if there is no such entry; not_recorded as above.
[[nodiscard]] core::Result<ProvenEntry> prove_entry(const std::string& directory, std::uint64_t seq);

}  // namespace airlock::office
