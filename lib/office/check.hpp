#pragma once
/// \file
/// `airlock ledger verify`: the ledger itself, and the files that it names.

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "ledger/verify.hpp"
#include "office/replay.hpp"

namespace airlock::office {

struct SiteChecked {
  ledger::VerifiedLedger ledger;
  std::uint64_t bundles = 0;      ///< files in the outbox that are what the ledger says
  std::uint64_t handed_over = 0;  ///< released bundles that are no longer in the outbox
  std::uint64_t queued = 0;       ///< payloads in the outbox that wait to be sent
  std::uint64_t from_size = 0;    ///< of the given checkpoint; 0 where none was
  std::uint64_t held = 0;         ///< held reports whose original is what the ledger says
  Replayed replayed;              ///< whether what was disclosed was allowed then
};

/// What the check is told besides what it finds at the site.
struct CheckOptions {
  std::optional<std::string> checkpoint;  ///< a signed note that was kept elsewhere
  std::optional<std::string> public_key;  ///< the ledger's verifier key, instead of that of `keys/`
};

/// Verifies the ledger, compares it with the anchor, replays its decisions, compares it with the outbox and, where
/// given, a checkpoint, and verifies every file that it names. Errors: integrity naming the entry or the file;
/// bad_input (a key or checkpoint that is none).
[[nodiscard]] core::Result<SiteChecked> check_site(const std::string& directory, const CheckOptions& options = {});

}  // namespace airlock::office
