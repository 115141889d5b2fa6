#pragma once
/// \file
/// The main job: one report in, one record, and what the decision says carried out. The steps 0 to 4 of DESIGN 6.6 are
/// here, in that order; recovery.hpp finishes or undoes what a crash left between them.

#include <cstdint>
#include <optional>
#include <string>
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

/// Decides again on reports that were held; where `numbers` is empty all of them, but for those held by `expect`, which
/// a person must name. A report that is still held is left as it was. Error: usage where a number is not that of a held
/// report.
[[nodiscard]] Result<std::vector<Processed>> process_held(const std::string& directory,
                                                          const std::vector<std::uint64_t>& numbers,
                                                          const ProcessOptions& options);

/// What `process` would do, without recording: for `preview` and `explain`.
struct Preview {
  Inputs inputs;
  Processed result;
};
[[nodiscard]] Result<Preview> preview(const std::string& directory, core::Source& input, const ProcessOptions& options);

}  // namespace airlock::gate
