#pragma once
/// \file
/// What became of a report that was queued, once somebody tried to send it: the ledger knows.

#include "gate/processed.hpp"

namespace airlock::gate {

/// Looks up the disclosure of a queued report and changes outcome (`sent`, `queued`, `withdrawn`, `payload_lost`)
/// and message to what the ledger says now. Anything not queued stays as it is. Error: of the ledger.
[[nodiscard]] core::Result<void> look_after_delivery(const std::string& directory, Processed& processed);

}  // namespace airlock::gate
