#pragma once
/// \file
/// `/etc/airlock/machine.json`: what the machine's administrator demands of every site on it, wherever the site is and
/// whoever owns it (docs/formats/site.md). It can only tighten. Where it is not there nothing is demanded; where it is
/// there but not to be relied on, nothing is done at all.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "policy/policy.hpp"
#include "redaction/profile.hpp"

namespace airlock::site {

/// Its place; no option and no variable moves it.
inline constexpr std::string_view machine_path = "/etc/airlock/machine.json";

struct Machine {
  std::string text;  ///< the file's bytes; empty where there is none
  std::optional<policy::Disposition> floor;
  std::vector<redaction::Redaction> redact_also;
  std::optional<std::vector<std::string>> destinations;  ///< URLs that may be sent to; nothing: any
};

/// Error: bad_input naming the file, the JSON path and the reason.
[[nodiscard]] core::Result<Machine> parse_machine(std::string_view text, std::string_view name);

/// Reads the file. Errors: as `parse_machine`; refused where it, or its folder, belongs to anybody but root or can be
/// written by others, or where this user may not read it.
[[nodiscard]] core::Result<Machine> read_machine();

}  // namespace airlock::site
