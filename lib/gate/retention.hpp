#pragma once
/// \file
/// Retention: removes held reports, and bundles and sent payloads in the outbox, when they are older than `retention`
/// in `airlock.json` allows (by default 90 days for reports and 800 for the others). Entries of the ledger are kept for
/// ever.

#include <chrono>
#include <cstdint>

#include "core/result.hpp"
#include "gate/session.hpp"

namespace airlock::gate {

/// If the clock is further than this past the newest entry of the ledger, nothing expires. The clock may be wrong, and
/// removed files cannot be brought back.
inline constexpr std::chrono::days retention_leap_maximum{31};

/// Records `expired` and then removes the file, for everything that is older than its retention time. The age of a held
/// report counts from its newest entry, that of a bundle from its disclosure, that of an acknowledged bundle from the
/// import of the receipt, and that of a payload from when it was sent. The caller has called `recover`. A crash in
/// between leaves a file that the next run removes without another entry.
[[nodiscard]] core::Result<void> expire(Session& session);

}  // namespace airlock::gate
