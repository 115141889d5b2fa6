#pragma once
/// \file
/// The supervisor's work around the worker, the process that reads a report. The worker may write neither keys, trust,
/// configuration nor the public part of its site, so the supervisor does that, before and after.

#include <string>
#include <vector>

#include "core/result.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Files of a site that the worker writes. They must exist before it starts.
struct Writable {
  std::string ledger;   ///< real path of the database, with links resolved
  std::string journal;  ///< its rollback journal
  std::vector<std::string> locks;
};
[[nodiscard]] core::Result<Writable> writable(const std::string& directory);

/// Configuration, list of words, licences, kit, certificates and keys that are symbolic links, as mounted secrets are.
/// The sandbox must let the worker read the files behind them. Returns only links to regular files: a folder would give
/// access to more than one file.
[[nodiscard]] std::vector<std::string> linked_files(const std::string& directory);

/// Prepares a site for the worker. Makes files that are missing, also the key of its list of words, and lets SQLite
/// undo a transaction that a crash cut short. Unless another process holds the site's lock, it also:
/// - records which entries are newer than the rollback anchor (`name_what_is_newer`);
/// - finishes or undoes a change of keys, and finishes putting an authorised kit into force;
/// - removes temporary files of interrupted writes;
/// - moves a licence that has taken over to its place.
/// The caller may go on after an error: the worker meets the same error and reports it.
[[nodiscard]] core::Result<void> settle_before(const std::string& directory,
                                               const sys::World& world = sys::real_world());
/// Prepares a site for a process that only reads: lets SQLite undo a transaction that a crash cut short. Error:
/// not_recorded for a reader of the site, who cannot undo it; the error names the owner. Other errors the process meets
/// itself.
[[nodiscard]] core::Result<void> settle_to_read(const std::string& directory);

/// Brings the rollback anchor and `public/site.json` up to date with the ledger. Errors: integrity if the ledger is not
/// the one that the rollback anchor describes, not_recorded.
[[nodiscard]] core::Result<void> settle_after(const std::string& directory,
                                              const sys::World& world = sys::real_world());

}  // namespace airlock::gate
