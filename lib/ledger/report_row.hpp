#pragma once
/// \file
/// What the ledger has of a report: its row in lists, and what finds a repeat of it.

#include <cstdint>
#include <string>

#include "core/digest.hpp"
#include "core/time.hpp"
#include "ledger/entry.hpp"

namespace airlock::ledger {

using core::Digest;

/// A report as lists show it: when it was produced, and its newest entry.
struct ReportRow {
  std::uint64_t number = 0;
  std::string report_id;
  Time produced;
  Kind latest{};
  std::uint64_t latest_seq = 0;
  Time latest_time;
};

/// A report of which nothing has left the site, with its `produced` entry.
struct Undisclosed {
  ReportRow report;
  Entry produced;
};

/// Bytes of the salt of an original.
inline constexpr std::size_t salt_size = 32;

/// What finds a repeat of a report. Kept outside the tree, and never exported.
struct Original {
  std::string report_id;
  Digest sha256;     ///< of the bytes as they came
  std::string salt;  ///< 32 bytes; the entry has SHA-256(salt ‖ bytes)
  std::uint64_t size = 0;
};

}  // namespace airlock::ledger
