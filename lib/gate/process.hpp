#pragma once
/// \file
/// The main job: one report in, one record, and what the decision says carried out; the same again for reports that
/// wait, and without recording. The steps A to 4 of docs/architecture.md are in record.cpp, in that order; recovery.hpp
/// finishes or undoes what a crash left between them.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/io.hpp"
#include "core/result.hpp"
#include "gate/prepare.hpp"
#include "gate/processed.hpp"
#include "ledger/ledger.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Processes one report. An error means that it was not recorded: the caller exits 8.
[[nodiscard]] Result<Processed> process(const std::string& directory, core::Source& input,
                                        const ProcessOptions& options, const sys::World& world = sys::real_world());

/// What `process_held` did.
struct Looked {
  std::vector<Processed> reports;
  /// Reports that could not be looked at, by number: they wait as before.
  std::vector<std::pair<std::uint64_t, core::Error>> failed;
  std::uint64_t waiting = 0;  ///< reports that still wait
};
/// Decides again on reports that wait: those of `numbers`; where it is empty, all for which kit, licence,
/// configuration, ceiling, hold, officers or approvals have changed since they were looked at, but for those held by
/// `expect`, which a person must name. A report that still waits for the same reason is left as it was, and nothing is
/// recorded. Error: usage where a number is not that of a report that waits.
[[nodiscard]] Result<Looked> process_held(const std::string& directory, const std::vector<std::uint64_t>& numbers,
                                          const ProcessOptions& options, const sys::World& world = sys::real_world());

/// What `process` would do, without recording: for `preview` and `explain`.
struct Preview {
  Inputs inputs;
  Processed result;
  Received report;
  std::string note;  ///< that would accompany it
};
[[nodiscard]] Result<Preview> preview(const std::string& directory, core::Source& input, const ProcessOptions& options);
/// The same for a report that waits. Error: usage where none of this number does.
[[nodiscard]] Result<Preview> preview_waiting(const std::string& directory, std::uint64_t number,
                                              const ProcessOptions& options);
/// What becomes of each datum of the report, up to `most` of each kind; empty where nothing is decided for its data.
[[nodiscard]] Result<std::vector<redaction::Fate>> fates_of(const Preview& preview, std::size_t most);

}  // namespace airlock::gate
