#pragma once
/// \file
/// `airlock ledger verify`: the ledger itself, and the files that it names.

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "ledger/verify.hpp"

namespace airlock::gate {

struct SiteChecked {
  ledger::Checked ledger;
  std::uint64_t bundles = 0;      ///< files in the outbox that are what the ledger says
  std::uint64_t handed_over = 0;  ///< released bundles that are no longer in the outbox
  std::uint64_t queued = 0;       ///< payloads in the outbox that wait to be sent
  std::uint64_t held = 0;         ///< held reports whose original is what the ledger says
};

/// Errors: integrity naming the entry or the file.
[[nodiscard]] core::Result<SiteChecked> check_site(const std::string& directory);

}  // namespace airlock::gate
