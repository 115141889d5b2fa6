#pragma once
/// \file
/// Rehearses, for `doctor`, the kernel and file system operations of `process` without a report. So `doctor` finds the
/// problems that `process` would meet. The names of the temporary files begin with `sys::probe_name`, and the files are
/// removed.

#include <optional>
#include <string>

#include "core/result.hpp"

namespace airlock::health {

/// Rehearses the work on a report. Must be called in the confined worker, where a report would be read. Reads the
/// inputs of a decision; makes, links, renames and locks files in `held/` and `outbox/`; commits a change to a
/// temporary ledger. Waits for the site's lock. Errors: those of the functions that `process` uses.
[[nodiscard]] core::Result<void> rehearse_work(const std::string& directory);

/// Rehearses the claim of a report: drops a file into the inbox and claims it. Must be called in the supervisor, where
/// reports are claimed. Waits for the inbox's lock. Does nothing if the inbox or the folder for claimed reports does
/// not exist. Errors: those of `gate::claim`.
[[nodiscard]] core::Result<void> rehearse_claim(const std::string& directory);

/// The result of rehearsing the worker.
struct Rehearsal {
  std::optional<core::Error> stopped;  ///< why the worker would not begin to read; nothing if it would
  std::string confined;                ///< the protections in force: `seccomp, Landlock version 6`
  std::string refused;                 ///< protections that the kernel refuses and the configuration goes without
  std::string hint;                    ///< about `refused`
  bool kept_to_its_files = false;      ///< whether Landlock is in force
  std::optional<core::Error> work;     ///< why `rehearse_work` failed; nothing if it did not fail, or there is no site
};

}  // namespace airlock::health
