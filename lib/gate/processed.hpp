#pragma once
/// \file
/// What is asked of a run over one report, and what became of the report.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/digest.hpp"
#include "core/progress.hpp"
#include "envelope/manifest.hpp"
#include "gate/prepare.hpp"
#include "gate/report_outcome.hpp"
#include "ledger/ledger.hpp"
#include "ledger/merkle.hpp"

namespace airlock::gate {

struct ProcessOptions {
  std::string note;
  bool dry_run = false;
  bool again = false;
  bool public_is_kept = false;  ///< `public/` is looked after by another process, since this one may not write there
  std::string confinement;      ///< of the process that reads the report, for the ledger; may be empty
  std::optional<core::Digest> expect;  ///< of the bytes that would leave; a difference holds the report
  core::ProgressSink* progress = &core::no_progress();  ///< hears how far the report was read; never null
};

/// What became of a report.
struct Processed {
  std::string report_id;                           ///< empty after a dry run
  std::uint64_t number = 0;                        ///< 0 after a dry run
  ReportOutcome outcome = ReportOutcome::refused;  ///< after a dry run what it would be
  std::string message;                             ///< why it stopped, where it did
  std::string hint;
  Prepared prepared;
  std::string licence_state;
  std::string licence_serial;
  std::optional<std::int64_t> days_left;
  std::string disclosure_id;  ///< where something is to be sent
  std::string bundle;         ///< path, where one was written
  std::string bundle_sha256;
  std::string original_sha256;
  std::uint64_t original_size = 0;
  std::uint64_t repeats = 0;  ///< number of the report that this one repeats
  std::vector<envelope::RedactionCount> redactions;
  ledger::TreeHead head;
};

/// The code with which a command ends that has this result; nothing for exit code 0. A dry run leaves nothing to
/// finish, so one whose report would be queued ends with 0.
[[nodiscard]] inline std::optional<core::Code> code_of(const Processed& processed) {
  const bool is_dry_run = processed.number == 0;
  return is_dry_run && processed.outcome == ReportOutcome::queued ? std::nullopt : code_of(processed.outcome);
}

}  // namespace airlock::gate
