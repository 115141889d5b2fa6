#pragma once
/// \file
/// `airlock.json`, the site's configuration (docs/formats/site.md). It can only be stricter than kit and licence.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/members.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "policy/approvals.hpp"
#include "policy/policy.hpp"
#include "public/destination.hpp"
#include "redaction/profile.hpp"

namespace airlock::site {

using core::Result;
using core::Time;

inline constexpr std::uint64_t configuration_bytes_limit = 256ULL * 1024;
/// Maximum of `limits.report_bytes`.
inline constexpr std::int64_t report_bytes_maximum = 192LL * 1024 * 1024;

/// `limits.held_bytes`.
inline constexpr std::int64_t held_bytes_minimum = 1024LL * 1024;
inline constexpr std::int64_t held_bytes_maximum = 1024LL * 1024 * 1024 * 1024;
inline constexpr std::uint64_t held_bytes_default = 1024ULL * 1024 * 1024;

/// Whether `text` can be the name of a group: letters, digits, `_`, `-`, `.` and `$`, at most 32 characters, and no
/// digit or `-` at its start.
[[nodiscard]] bool is_group_name(std::string_view text);

/// Reads a `redact_also` member. Errors go to `in`.
[[nodiscard]] std::vector<redaction::Redaction> redactions_from(core::Members& in);

/// What each command reports to the programs that watch the site.
struct Monitoring {
  bool syslog = false;                     ///< one line to syslog for each entry of the ledger
  std::optional<std::string> events_file;  ///< the same lines are appended to this file
  std::optional<std::string> status_file;  ///< the output of `status --json` replaces this file
};

struct Configuration {
  std::string site_id;
  std::string product;                            ///< empty until the first kit or licence names it
  std::string name;                               ///< may be empty
  std::optional<policy::Disposition> floor;       ///< no disposition is less strict than this
  std::vector<redaction::Redaction> redact_also;  ///< in addition to the policy's profiles
  policy::Approvals approvals;                    ///< who must sign what leaves
  bool declared_without_licence = false;          ///< `"licence": "none"`
  bool sandbox_best_effort = false;               ///< `"sandbox": "best-effort"`: go on where the kernel has no sandbox
  std::string readers;                            ///< group whose members may read the site; empty: none
  bool archive = true;                            ///< seal bundles for the site's own archive key too
  std::optional<std::uint64_t> report_bytes;      ///< `limits.report_bytes`: maximum size of a report
  std::int64_t payload_days = 800;                ///< `retention.payload_days`: how long the outbox keeps a bundle
  std::int64_t bundle_days = 800;  ///< `retention.bundle_days`: the same for one that a receipt acknowledged
  std::int64_t held_days = 90;     ///< `retention.held_days`: how long a held report is kept
  std::uint64_t held_bytes = held_bytes_default;  ///< `limits.held_bytes`: maximum size of all held reports together
  Monitoring monitoring;
  std::vector<published::Destination> destinations;  ///< empty: those of the kit
};

/// Error: bad_input naming the file, the JSON path and the reason.
[[nodiscard]] Result<Configuration> parse_configuration(std::string_view text, std::string_view name);

/// The text of a new site's `airlock.json`. Members of which the value is empty are left out.
[[nodiscard]] std::string new_configuration(const std::string& site_id, const std::string& product,
                                            const std::string& name, const std::string& readers);
/// The text of an existing `airlock.json` with its `product` set and everything else unchanged.
[[nodiscard]] Result<std::string> with_product(std::string_view text, std::string_view name,
                                               const std::string& product);

}  // namespace airlock::site
