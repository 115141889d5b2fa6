#pragma once
/// \file
/// Reports to monitoring: one line for each entry of the ledger, to syslog or to a file that a collector reads, and the
/// status in another file (`monitoring` in `airlock.json`; docs/guides/monitor.md). This happens after a command,
/// outside the sandbox, in a process that never opened a report.

#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::health {

/// Reports the entries since the last time, and replaces the status file. Each place gets each entry at least once, in
/// the order of the ledger: the position reached is stored beside the ledger, durably, after the lines were written. A
/// failure does not change the outcome of the command. It is returned, to be shown to the person, and the next command
/// tries again. Returns no errors if there is no site or no monitoring is configured.
[[nodiscard]] std::vector<core::Error> tell_watchers(const std::string& directory);

}  // namespace airlock::health
