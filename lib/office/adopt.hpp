#pragma once
/// \file
/// Going on with a ledger that is not the one that the anchor saw: `airlock ledger adopt`.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

/// What a person who adopts a ledger without a reason is told.
inline constexpr std::string_view adopt_reason_hint = "say what happened: it is recorded for ever";
/// Most names of unknown bundles that one `adopted` entry takes.
inline constexpr std::size_t adopted_bundles_most = 512;

struct Adopted {
  std::uint64_t seq = 0;    ///< of the `adopted` entry
  std::string found;        ///< what was wrong, or empty where nothing was
  std::size_t bundles = 0;  ///< bundles in the outbox that the ledger does not know
  ledger::TreeHead head;
};

/// Goes on with the ledger as it is, after a restore or a move: verifies it in itself, records reason, the anchor that
/// was there and every bundle in the outbox that it does not know, and writes the anchor anew. Errors: integrity (the
/// ledger does not verify), usage (no reason).
[[nodiscard]] core::Result<Adopted> adopt(const std::string& directory, const std::string& reason);

}  // namespace airlock::office
