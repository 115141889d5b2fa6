#pragma once
/// \file
/// What would become of a report, for the commands that show it and record nothing.

#include <functional>
#include <string>

#include "commands.hpp"
#include "gate/process.hpp"

namespace airlock::tools {

/// Decides in the worker on the REPORT of a command line: a path, `-`, or the number of a report that waits. `show`
/// gets what came of it there, and returns the exit code.
[[nodiscard]] int with_preview(Context& context, const std::string& report, const gate::ProcessOptions& options,
                               const std::function<int(const gate::Preview&)>& show);

}  // namespace airlock::tools
