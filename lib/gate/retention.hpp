#pragma once
/// \file
/// The end of what a site keeps: held reports and bundles in the outbox, as `retention` in `airlock.json` says. Entries
/// of the ledger are kept for ever, and so are held reports and bundles that wait where the configuration says nothing;
/// bundles that a receipt has acknowledged end all the same.

#include <chrono>
#include <cstdint>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// A clock that is further than this past the newest entry of the ledger ends nothing: it may be wrong, and what it
/// would remove cannot be brought back.
inline constexpr std::chrono::days retention_leap_most{31};

struct Expired {
  std::uint64_t held = 0;
  std::uint64_t bundles = 0;
};

/// Records `expired` for each held report whose newest entry, each bundle in the outbox whose disclosure, and each
/// acknowledged one whose receipt is older than its time, then removes the file. The caller holds the lock and has
/// recovered; a crash in between leaves a file that the next run removes without another entry.
[[nodiscard]] core::Result<Expired> expire(const site::Site& site, ledger::Ledger& ledger, core::Time now);

}  // namespace airlock::gate
