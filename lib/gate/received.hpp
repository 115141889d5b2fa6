#pragma once
/// \file
/// Receiving a report: spools, measures and hashes it, within the limits of its site.

#include <cstdint>

#include "core/digest.hpp"
#include "core/io.hpp"
#include "core/result.hpp"
#include "report/scanner.hpp"
#include "site/configuration.hpp"
#include "site/site.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

using core::Result;

/// A report as it came in.
struct Received {
  sys::Spool bytes;
  core::Digest sha256;
  std::uint64_t size = 0;
  bool complete = true;  ///< false: the report is larger than the limit for reports
  bool whole = true;     ///< false: `bytes` contains only the beginning of the report
};

/// How much is read of a report that is larger than the limit.
enum class Beyond : std::uint8_t {
  nothing,  ///< one byte beyond the limit, which shows that there is more
  kept,     ///< as much as fits the share for bytes that are no report
};
/// Spools the input in `held/`, where the worker may write. Error: of the machine only.
[[nodiscard]] Result<Received> receive(const site::Site& site, core::Source& input, Beyond beyond = Beyond::nothing);

/// The limits for reports, as the configuration sets them.
[[nodiscard]] report::Limits limits_of(const site::Configuration& configuration);

/// The two shares of `limits.held_bytes`. One eighth is for bytes that are no report, so junk takes no room from
/// reports.
enum class Share : std::uint8_t { reports, no_reports };
[[nodiscard]] std::uint64_t room_of(Share share, const site::Configuration& configuration);

}  // namespace airlock::gate
