#pragma once
/// \file
/// Processes a report without recording anything, for the commands that only show the result.

#include <functional>
#include <optional>
#include <string>

#include "commands.hpp"
#include "gate/process.hpp"
#include "gate/trial.hpp"
#include "supervise.hpp"

namespace airlock::tools {

/// Decides on a report in the sandboxed worker. `report` is the REPORT of the command line: a path, `-`, or the number
/// of a waiting report. The worker calls `show` with the result. Returns the exit code, which is that of `show` unless
/// the preview fails. `writes` is the path of a file that `show` makes through the worker; or empty.
/// With a `trial` it is not a site that decides, and `report` is no number.
[[nodiscard]] int with_preview(Context& context, const std::string& report, const gate::ProcessOptions& options,
                               const std::function<int(const gate::Preview&, Worker&)>& show,
                               const std::string& writes = {}, std::optional<gate::Trial> trial = {});

}  // namespace airlock::tools
