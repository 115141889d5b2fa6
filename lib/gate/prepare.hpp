#pragma once
/// \file
/// Takes one report through check, decision, redaction and leak scan, without recording anything. `process` records and
/// carries out the result, `preview` prints it, and `explain` explains it. All three prepare it here, so they cannot
/// differ.

#include <optional>
#include <string>
#include <vector>

#include "core/io.hpp"
#include "core/progress.hpp"
#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "gate/inputs.hpp"
#include "gate/received.hpp"
#include "gate/recorded_approval.hpp"
#include "gate/stop.hpp"
#include "policy/policy.hpp"
#include "redaction/copies.hpp"
#include "redaction/fates.hpp"
#include "redaction/filter.hpp"
#include "sys/write_file.hpp"

namespace airlock::gate {

struct Prepared {
  Outcome outcome = Outcome::refused;
  Stop stop;                ///< why the report does not leave; unset if it is to leave
  std::string event;        ///< empty if the event is not known
  envelope::Period period;  ///< as redaction leaves it; UTC days if nothing was redacted
  policy::DecisionFacts facts;
  std::optional<policy::Decision> decision;  ///< nothing without a kit; for a malformed report only a chosen `withhold`
  std::optional<redaction::Plan> plan;
  std::optional<policy::Terms> terms;  ///< terms of the decision; nothing if the report was stopped earlier
  std::optional<redaction::Redacted> redacted;
  /// Members that were taken out because they held copies, and the paths that they copied. Shown at the site; neither
  /// recorded nor sent.
  std::vector<redaction::Copied> copied;
  std::vector<std::uint64_t> copied_tokens;  ///< the same members, by `redaction::token_numbers`
  /// Members that the dictionary does not declare, or declares as something else. Shown at the site; not recorded.
  std::vector<redaction::Fate> misfits;
  std::vector<RecordedApproval> approvals;  ///< those by which it may leave, where some are asked for
  /// The exact bytes that would leave. Set if the report is to leave, or if only a person's `release`, `authorise` or
  /// `approve` is missing.
  std::optional<sys::Spool> payload;
  core::Digest payload_sha256;
};

/// Prepares a report. `note` is the text that would accompany it. `progress` hears how far each walk over the report
/// has come. Error: of the machine only; a fault of the report is
/// an outcome.
[[nodiscard]] Result<Prepared> prepare(const Received& report, const Inputs& inputs, const std::string& note,
                                       core::ProgressSink& progress);

}  // namespace airlock::gate
