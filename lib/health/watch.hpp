#pragma once
/// \file
/// Telling those who watch a site: a line for each entry of the ledger, to syslog or to a file that a collector reads,
/// and the status in a file (`monitoring` in `airlock.json`; docs/guides/monitor.md). Done after a command, outside the
/// sandbox, by a process that never opened a report.

#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::health {

/// Tells what is to be told since the last time. Each entry is told at least once to each place, in the order of the
/// ledger: how far one came is kept beside the ledger, durably, after the lines. What fails concerns the watchers
/// alone: it is returned, to be shown as a remark, and tried again after the next command. Nothing where there is no
/// site or nobody watches.
[[nodiscard]] std::vector<core::Error> tell_watchers(const std::string& directory);

}  // namespace airlock::health
