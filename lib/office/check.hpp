#pragma once
/// \file
/// `airlock ledger verify`: verifies the ledger and the files that it names.

#include <cstdint>
#include <optional>
#include <string>

#include "core/progress.hpp"
#include "core/result.hpp"
#include "ledger/verify.hpp"
#include "office/replay.hpp"

namespace airlock::office {

struct SiteChecked {
  ledger::VerifiedLedger ledger;
  std::uint64_t bundles = 0;      ///< bundles in the outbox whose digest is the one in the ledger
  std::uint64_t handed_over = 0;  ///< released bundles that are no longer in the outbox
  std::uint64_t queued = 0;       ///< payloads in the outbox that wait to be sent
  std::uint64_t from_size = 0;    ///< tree size of the given checkpoint; 0 if none was given
  std::uint64_t held = 0;         ///< waiting reports (held or refused) whose bytes are those that came in
  Replayed replayed;              ///< how many decisions were compared with the ceiling of their time
};

/// Evidence from outside the site.
struct CheckOptions {
  std::optional<std::string> checkpoint;  ///< a signed note that was kept elsewhere
  std::optional<std::string> public_key;  ///< the ledger's verifier key, to be used instead of the one in `keys/`
};

/// Verifies the ledger and compares it with the rollback anchor. Replays its decisions. Compares it with the given
/// checkpoint, if any, and with the outbox, and verifies every bundle, payload and waiting report that the site keeps.
/// Errors: integrity (the message names the entry or the file), bad_input (a key or checkpoint cannot be parsed).
[[nodiscard]] core::Result<SiteChecked> check_site(const std::string& directory, const CheckOptions& options = {},
                                                   core::ProgressSink& progress = core::no_progress());

}  // namespace airlock::office
