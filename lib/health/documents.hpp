#pragma once
/// \file
/// What is in force at a site as one JSON document: `airlock status --json`, and the file that watchers read.

#include "core/json.hpp"
#include "health/status.hpp"
#include "licence/licence.hpp"
#include "licence/verdict.hpp"

namespace airlock::health {

/// The loosest that a person has authorised, or that a site has by itself.
[[nodiscard]] policy::Disposition authorised_ceiling(const gate::Inputs& inputs);

/// State, reason, hint, days left, warning, the licence's own document once it is verified, the licence that follows,
/// exit code.
[[nodiscard]] core::Json verdict_document(const licence::LicenceVerdict& verdict);

/// Its members: docs/guides/monitor.md.
[[nodiscard]] core::Json status_document(const Status& status);

}  // namespace airlock::health
