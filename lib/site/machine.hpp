#pragma once
/// \file
/// `/etc/airlock/machine.json`: rules of the machine's administrator for every site on it, wherever the site is and
/// whoever owns it (docs/formats/site.md). They can only make a site stricter. Where the file is missing there are no
/// such rules; where it cannot be trusted, no command works.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "policy/approvals.hpp"
#include "policy/policy.hpp"
#include "redaction/profile.hpp"

namespace airlock::site {

/// No option and no environment variable changes this path.
inline constexpr std::string_view machine_path = "/etc/airlock/machine.json";

struct Machine {
  std::string text;  ///< the file's bytes; empty where it is missing
  std::optional<policy::Disposition> floor;
  std::vector<redaction::Redaction> redact_also;
  policy::Approvals approvals;
  std::optional<std::vector<std::string>> destinations;  ///< the only URLs that reports may be sent to; nothing: any
};

/// Error: bad_input naming the file, the JSON path and the reason.
[[nodiscard]] core::Result<Machine> parse_machine(std::string_view text, std::string_view name);

/// Reads the file. Errors: as `parse_machine`; refused where the file or its folder belongs to anybody but root, where
/// others can write to it, or where this user may not read it.
[[nodiscard]] core::Result<Machine> read_machine();

}  // namespace airlock::site
