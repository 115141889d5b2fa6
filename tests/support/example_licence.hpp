#pragma once
/// \file
/// The licence that tests and benchmarks start from.

#include "licence/verdict.hpp"

namespace airlock::test {

inline constexpr std::string_view site_id = "5b0c5a39-58ab-4a3c-9d5b-7a7d3c2f1e00";
inline constexpr std::string_view other_site_id = "0e7d3a11-2b65-4f0e-8c51-0d2b7e4f9a01";

inline core::Time time(std::string_view text) { return core::Time::from_text(text).value(); }

/// Issued on 1 November 2026, for a term from the 2nd to 1 November 2027 and 14 days of grace, for two sites.
inline licence::Licence example_licence() {
  licence::Licence out;
  out.serial = "LIC-2026-000017";
  out.sequence = 3;
  out.licensee = "Example Bank plc";
  out.product = "posthog";
  out.tier = "enterprise-air-gapped";
  out.entitlements = {"air_gap", "withhold"};
  out.limits = {{"events_count_new_in_period", 5000000}};
  out.sites = {{std::string(site_id), std::string(64, '1')}, {std::string(other_site_id), std::string(64, '2')}};
  out.issued = time("2026-11-01T00:00:00Z");
  out.not_before = time("2026-11-02T00:00:00Z");
  out.not_after = time("2027-11-01T00:00:00Z");
  out.grace_days = 14;
  return out;
}

}  // namespace airlock::test
