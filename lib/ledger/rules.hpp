#pragma once
/// \file
/// What makes an entry the possible next one: counters without gaps, one `produced` a report, stages in their order.
/// For the source files of ledger/ only: `append` refuses what breaks a rule, `verify` reports it.

#include <optional>

#include "db/database.hpp"
#include "ledger/entry.hpp"

namespace airlock::ledger {

/// The counters that the entries so far have given out.
struct Counters {
  std::uint64_t number = 0;
  std::uint64_t disclosure = 0;
};

/// Checks an entry against the counters, which it moves on, and against the entries before it in `database`.
/// Error: unexpected.
[[nodiscard]] Result<void> check_entry(db::Database& database, const Facts& facts, Counters& counters);

/// The one function from entries to the outbox: what becomes of the disclosure that the entry names. It must be nothing
/// where the entry records it; entries that move no disclosure change nothing. Error: unexpected.
[[nodiscard]] Result<void> advance(std::optional<Disclosure>& disclosure, const Facts& facts);

}  // namespace airlock::ledger
