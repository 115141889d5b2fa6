#pragma once
/// \file
/// `airlock doctor`: everything that a site rests on, looked at one by one, with what to do where it is not well. Only
/// looks: no check changes the site, but for files that are made and removed where kernel and file system are tried.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "health/findings.hpp"
#include "health/rehearsal.hpp"

namespace airlock::health {

/// Looks at the machine and, where there is one, at the site. `worker` is what came of trying the process that reads
/// reports. Never fails: what cannot be looked at is a finding.
[[nodiscard]] std::vector<Finding> doctor(const std::string& directory, const Rehearsal& worker);

}  // namespace airlock::health
