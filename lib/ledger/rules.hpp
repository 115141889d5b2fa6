#pragma once
/// \file
/// The rules that an entry must keep to come next: counters without gaps, one `produced` for each report, stages in
/// their order. For the source files of ledger/ only: `append` refuses an entry that breaks a rule, `verify` reports
/// it.

#include <optional>

#include "db/database.hpp"
#include "ledger/body.hpp"
#include "ledger/disclosure.hpp"

namespace airlock::ledger {

/// The highest counters so far.
struct Counters {
  std::uint64_t number = 0;
  std::uint64_t disclosure = 0;
};

/// Checks an entry against the counters, and against the entries before it in `database`. Then counts it in `counters`.
/// Error: unexpected.
[[nodiscard]] Result<void> check_entry(db::Database& database, const EntryFacts& facts, Counters& counters);

/// Applies an entry to the disclosure that it names. This is the only function from entries to the outbox. `disclosure`
/// must be empty where the entry records it. An entry that moves no disclosure changes nothing. Error: unexpected.
[[nodiscard]] Result<void> advance(std::optional<Disclosure>& disclosure, const EntryFacts& facts);

}  // namespace airlock::ledger
