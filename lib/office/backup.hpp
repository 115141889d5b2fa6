#pragma once
/// \file
/// `airlock ledger backup`: a copy of the ledger that can be restored. Other commands keep running meanwhile.

#include <cstdint>
#include <string>

#include "core/digest.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

struct Backup {
  ledger::TreeHead head;  ///< tree head of the copy
  std::uint64_t bytes = 0;
  core::Digest sha256;  ///< of the copy's file
};

/// Copies the site's ledger to `file`, which must not exist yet. Verifies the copy's entries as `ledger verify` does,
/// and only then gives the copy its name, durably. If anything fails before that, no copy stays behind. The copy
/// contains the data by which the ledger recognises repeated reports, so it must be kept as safe as the ledger. Errors:
/// refused (the name is taken), integrity (ledger or copy does not verify), not_recorded (no room).
[[nodiscard]] core::Result<Backup> back_up(const std::string& directory, const std::string& file,
                                           core::ProgressSink& progress = core::no_progress());

}  // namespace airlock::office
