#pragma once
/// \file
/// Entries of the ledger as sentences: `airlock ledger show N`, and the pages in evidence.

#include <string>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/entry.hpp"

namespace airlock::review {

/// One entry. Every text is printable (`core::printable`).
struct TimeLineEntry {
  core::Time time;
  std::string what;  ///< `sealed into \`2026-11-01-1-….p7m\`, 6302 bytes`
  std::string who;   ///< as `who_did`
  std::string why;   ///< a person's or a program's reason; empty where the entry has none
};

/// What an entry says. Error: bad_input where the body is no JSON.
[[nodiscard]] core::Result<TimeLineEntry> sentence_of(const ledger::Entry& entry);
/// All of it but the time: `discarded, by alice: the next one is sound`.
[[nodiscard]] std::string words_of(const TimeLineEntry& entry);
/// All of it on one line: `2026-11-26T11:33:09Z  discarded, by alice: the next one is sound`.
[[nodiscard]] std::string to_text(const TimeLineEntry& entry);

}  // namespace airlock::review
