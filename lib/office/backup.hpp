#pragma once
/// \file
/// A copy of the ledger that can be restored, made while everything else goes on.

#include <cstdint>
#include <string>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::office {

struct Backup {
  ledger::TreeHead head;  ///< the copy's
  std::uint64_t bytes = 0;
  core::Digest sha256;  ///< of the file
};

/// Copies the ledger of the site to `file`, which must not exist yet, verifies the copy as `ledger verify` does, and
/// only then gives it its name, durably. Whatever fails, nothing stays behind. The copy holds what finds repeats, as
/// the ledger does: it is to be kept as safe. Errors: refused (the name is taken), integrity (ledger or copy does not
/// verify), not_recorded (no room).
[[nodiscard]] core::Result<Backup> back_up(const std::string& directory, const std::string& file);

}  // namespace airlock::office
