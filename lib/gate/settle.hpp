#pragma once
/// \file
/// What a process that reads a report may not do itself, since it may write neither keys, trust, configuration nor the
/// public part of its site: its supervisor does it, before and after.

#include <string>
#include <vector>

#include "core/result.hpp"

namespace airlock::gate {

/// Files of a site that the process that reads a report writes, and that must be there before.
struct Writable {
  std::string ledger;   ///< the database, where it really is
  std::string journal;  ///< its rollback journal
  std::vector<std::string> locks;
};
[[nodiscard]] core::Result<Writable> writable(const std::string& directory);

/// Configuration, licences, kit, certificates and keys that are symbolic links, as mounted secrets are: the process
/// that reads a report must be let to what they lead to. Only links to regular files; a folder would be more than a
/// file.
[[nodiscard]] std::vector<std::string> linked_files(const std::string& directory);

/// Makes the files that are missing. Undoes what a crash left half written in the database; and, unless another process
/// holds the site's lock, finishes a change of keys and the coming into force of a kit that a person authorised,
/// removes files of writes that were cut short, moves a licence that has taken over to its place, and brings
/// `public/site.json` up to date. Nothing is recorded. Errors are for the process that comes after: it meets them
/// again.
[[nodiscard]] core::Result<void> settle_before(const std::string& directory);
/// The same for a process that only reads: undoes what a crash left half written in the database.
void settle_to_read(const std::string& directory);

/// Makes anchor and `public/site.json` say what the ledger says. Errors: integrity where the ledger is no longer what
/// the anchor saw, not_recorded.
[[nodiscard]] core::Result<void> settle_after(const std::string& directory);

}  // namespace airlock::gate
