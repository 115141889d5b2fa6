#pragma once
/// \file
/// `airlock doctor`: everything that a site rests on, looked at one by one, with what to do where it is not well. Only
/// looks: no check changes the site, but for files that are made and removed where kernel and file system are tried.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "gate/rehearsal.hpp"

namespace airlock::gate {

enum class Health : std::uint8_t { ok, warn, fail };
[[nodiscard]] std::string_view name(Health health);

struct Finding {
  std::string subject;  ///< `library`, `algorithm`, `self-test`, `file system`, `clock`, `sandbox`, `key`, …
  Health health = Health::ok;
  std::string what;
  std::string hint;  ///< empty where it is well
};

/// Certificates warn where they end within so many days.
inline constexpr std::int64_t certificate_warning_days = 90;

/// Looks at the machine and, where there is one, at the site. `worker` is what came of trying the process that reads
/// reports. Never fails: what cannot be looked at is a finding.
[[nodiscard]] std::vector<Finding> doctor(const std::string& directory, const Rehearsal& worker);

}  // namespace airlock::gate
