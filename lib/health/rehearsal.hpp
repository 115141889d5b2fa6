#pragma once
/// \file
/// What `process` does with kernel and file system, tried without a report: for `doctor`, so that what it says is what
/// `process` then meets. Files are made under names that begin with `sys::probe_name`, and removed.

#include <optional>
#include <string>

#include "core/result.hpp"

namespace airlock::health {

/// To be called where a report would be read, in the confined worker: reads what a decision rests on, makes, links,
/// renames and locks files in `held/` and `outbox/`, and commits a change to a ledger that is made for it. Waits for
/// the site's lock. Errors: as of the functions that `process` uses for each.
[[nodiscard]] core::Result<void> rehearse_work(const std::string& directory);

/// To be called where reports are claimed, in the supervisor: claims a file that it drops into the inbox. Waits for the
/// inbox's lock. Does nothing where there is no folder to claim into yet. Errors: as of `gate::claim`.
[[nodiscard]] core::Result<void> rehearse_claim(const std::string& directory);

/// What came of trying the worker.
struct Rehearsal {
  std::optional<core::Error> stopped;  ///< why it would not begin to read; nothing where it would
  std::string confined;                ///< what confines it: `seccomp, Landlock version 6`
  std::string refused;                 ///< what the kernel refuses and the configuration goes on without; may be empty
  std::string hint;                    ///< about `refused`
  bool kept_to_its_files = false;      ///< whether Landlock is in force
  std::optional<core::Error> work;     ///< why `rehearse_work` failed; nothing where it did not, or there is no site
};

}  // namespace airlock::health
