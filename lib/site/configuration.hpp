#pragma once
/// \file
/// `airlock.json`, the site's configuration (docs/formats/site.md). What it says can only tighten what kit and licence
/// allow.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/members.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "policy/policy.hpp"
#include "public/destination.hpp"
#include "redaction/profile.hpp"

namespace airlock::site {

using core::Result;
using core::Time;

inline constexpr std::uint64_t configuration_bytes_limit = 256 * 1024;
/// The most that `limits.report_bytes` may allow.
inline constexpr std::int64_t report_bytes_most = 192LL * 1024 * 1024;

/// What `limits.held_bytes` may be, and what it is where nothing is set.
inline constexpr std::int64_t held_bytes_least = 1024 * 1024;
inline constexpr std::int64_t held_bytes_most = 1024LL * 1024 * 1024 * 1024;
inline constexpr std::uint64_t held_bytes_default = 1024ULL * 1024 * 1024;

/// Reads a `redact_also` member. Errors go to `in`.
[[nodiscard]] std::vector<redaction::Redaction> redactions_from(core::Members& in);

/// What is told to those who watch the site, after each command; nothing where nothing is set.
struct Monitoring {
  bool syslog = false;                     ///< a line to syslog for each entry of the ledger
  std::optional<std::string> events_file;  ///< the same lines appended to this file
  std::optional<std::string> status_file;  ///< `status --json`, replaced
};

struct Configuration {
  std::string site_id;
  std::string product;                            ///< empty until the first kit or licence names it
  std::string name;                               ///< may be empty
  std::optional<policy::Disposition> floor;       ///< at least this strict
  std::vector<redaction::Redaction> redact_also;  ///< joined to whatever the policy's profiles redact
  bool declared_without_licence = false;          ///< `"licence": "none"`
  bool sandbox_best_effort = false;               ///< `"sandbox": "best-effort"`: go on where the kernel refuses it
  bool archive = true;                            ///< seal for the site's own archive key too
  std::optional<std::uint64_t> report_bytes;      ///< `limits.report_bytes`: how large a report may be
  std::int64_t payload_days = 800;  ///< `retention.payload_days`: how long a bundle stays in the outbox
  std::int64_t bundle_days = 800;  ///< `retention.bundle_days`: how long a bundle stays that a receipt has acknowledged
  std::int64_t held_days = 90;     ///< `retention.held_days`: how long a report waits
  std::uint64_t held_bytes = held_bytes_default;  ///< `limits.held_bytes`: how much reports that wait may take
  Monitoring monitoring;
  std::vector<published::Destination> destinations;  ///< empty: the kit's
};

/// Error: bad_input naming the file, the JSON path and the reason.
[[nodiscard]] Result<Configuration> parse_configuration(std::string_view text, std::string_view name);

/// The first `airlock.json` of a site.
[[nodiscard]] std::string new_configuration(const std::string& site_id, const std::string& product,
                                            const std::string& name);
/// The same file with its `product` set, everything else as the operator left it.
[[nodiscard]] Result<std::string> with_product(std::string_view text, std::string_view name,
                                               const std::string& product);

}  // namespace airlock::site
