#pragma once
/// \file
/// The status of a site as one JSON document, for `airlock status --json` and for the status file that watchers read.

#include "core/json.hpp"
#include "health/status.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"

namespace airlock::health {

/// The loosest disposition in the site's ceiling; `seal` if the site has no ceiling yet.
[[nodiscard]] policy::Disposition authorised_ceiling(const gate::Inputs& inputs);

/// Where a decision is looser than the ceiling, as JSON.
[[nodiscard]] core::Json looser_json(const std::vector<policy::Loosening>& loosenings);

/// A verdict as JSON: state, reason, hint, days left, days of warning, the licence's own document if it was verified,
/// the licence that follows, exit code.
[[nodiscard]] core::Json verdict_document(const licence::LicenceVerdict& verdict);

/// The status as JSON. docs/guides/monitor.md lists its members.
[[nodiscard]] core::Json status_document(const Status& status);

}  // namespace airlock::health
