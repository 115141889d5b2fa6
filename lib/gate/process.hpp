#pragma once
/// \file
/// The main job: one report in, one record, and what the decision says carried out; the same again for reports that
/// wait, and without recording. The steps A to 4 of DESIGN 6.6 are in record.cpp, in that order; recovery.hpp finishes
/// or undoes what a crash left between them.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "envelope/manifest.hpp"
#include "gate/prepare.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

struct ProcessOptions {
  std::string note;
  bool dry_run = false;
  bool again = false;
  bool public_is_kept = false;         ///< `public/` is looked after by another process, since this one may not write there
  std::string confinement;             ///< of the process that reads the report, for the ledger; may be empty
  std::optional<core::Digest> expect;  ///< of the bytes that would leave; a difference holds the report
};

/// What became of a report.
struct Processed {
  std::string report_id;     ///< empty after a dry run
  std::uint64_t number = 0;  ///< 0 after a dry run
  std::string
      outcome;  ///< `sealed`, `queued`, `withheld`, `held`, `refused`, `repeated`; after a dry run what it would be
  std::string message;  ///< why it stopped, where it did
  std::string hint;
  int exit = 0;
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

/// Processes one report. An error means that it was not recorded: the caller exits 8.
[[nodiscard]] Result<Processed> process(const std::string& directory, core::Source& input,
                                        const ProcessOptions& options);

/// What `process_held` did.
struct Looked {
  std::vector<Processed> reports;
  /// Reports that could not be looked at, by number: they wait as before.
  std::vector<std::pair<std::uint64_t, core::Error>> failed;
  std::uint64_t waiting = 0;  ///< reports that still wait
};
/// Decides again on reports that wait: those of `numbers`; where it is empty, all for which kit, licence, configuration,
/// ceiling or hold have changed since they were looked at, but for those held by `expect`, which a person must name. A
/// report that still waits for the same reason is left as it was, and nothing is recorded. Error: usage where a number is
/// not that of a report that waits.
[[nodiscard]] Result<Looked> process_held(const std::string& directory, const std::vector<std::uint64_t>& numbers,
                                          const ProcessOptions& options);

/// What `process` would do, without recording: for `preview` and `explain`.
struct Preview {
  Inputs inputs;
  Processed result;
  Received report;
};
[[nodiscard]] Result<Preview> preview(const std::string& directory, core::Source& input, const ProcessOptions& options);
/// The same for a report that waits. Error: usage where none of this number does.
[[nodiscard]] Result<Preview> preview_waiting(const std::string& directory, std::uint64_t number,
                                              const ProcessOptions& options);
/// What becomes of each datum of the report, up to `most` of each kind; empty where nothing is decided for its data.
[[nodiscard]] Result<std::vector<redaction::Fate>> fates_of(const Preview& preview, std::size_t most);

}  // namespace airlock::gate
