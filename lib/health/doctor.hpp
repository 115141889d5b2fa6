#pragma once
/// \file
/// `airlock doctor`: checks one by one everything that a site depends on, and says what to do about each problem. No
/// check changes the site. The checks of kernel and file system make temporary files and remove them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "health/findings.hpp"
#include "health/rehearsal.hpp"

namespace airlock::health {

/// Checks the machine and, if there is one, the site in `directory`. `worker` is the result of rehearsing the process
/// that reads reports. Never fails: a check that cannot be made is a finding too.
[[nodiscard]] std::vector<Finding> doctor(const std::string& directory, const Rehearsal& worker);

}  // namespace airlock::health
