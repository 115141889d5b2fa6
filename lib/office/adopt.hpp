#pragma once
/// \file
/// `airlock ledger adopt`: a person accepts a ledger that differs from the one that the rollback anchor recorded.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

/// The hint for a person who adopts a ledger without a reason.
inline constexpr std::string_view adopt_reason_hint = "say what happened: the ledger keeps it for ever";
/// The maximum number of unknown bundles that one `adopted` entry names.
inline constexpr std::size_t adopted_bundles_maximum = 512;

struct Adopted {
  std::uint64_t seq = 0;    ///< of the `adopted` entry
  std::string found;        ///< how the ledger differed from the recorded past; empty if it did not
  std::size_t bundles = 0;  ///< bundles in the outbox that the ledger does not know
  ledger::TreeHead head;
};

/// Accepts the ledger as it is, after a restore or a move. Verifies the ledger on its own. Then records the reason, the
/// former rollback anchor and every bundle in the outbox that the ledger does not know, and writes a new rollback
/// anchor. Errors: integrity (the ledger does not verify), usage (no reason), refused (the outbox holds more than
/// `adopted_bundles_maximum` unknown bundles).
[[nodiscard]] core::Result<Adopted> adopt(const std::string& directory, const std::string& reason);

}  // namespace airlock::office
