#pragma once
/// \file
/// A report as it comes in: spooled, measured and hashed, within the limits of its site.

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
  bool complete = true;  ///< false: it is larger than the limit of reports
  bool whole = true;     ///< false: `bytes` has its beginning only
};

/// What is read of a report that is larger than the limit.
enum class Beyond : std::uint8_t {
  nothing,  ///< one byte, which shows that there is more
  kept,     ///< as much as may be kept of what is no report
};
/// Spools the input in `held/`, where the process that reads it may write. Error: of the machine only.
[[nodiscard]] Result<Received> receive(const site::Site& site, core::Source& input, Beyond beyond = Beyond::nothing);

/// The limits of reports with what the configuration says.
[[nodiscard]] report::Limits limits_of(const site::Configuration& configuration);

/// What shares the room of `limits.held_bytes`: an eighth of it is for bytes that are no report, so that junk takes no
/// room from reports.
enum class Share : std::uint8_t { reports, no_reports };
[[nodiscard]] std::uint64_t room_of(Share share, const site::Configuration& configuration);

}  // namespace airlock::gate
