#pragma once
/// \file
/// Step 0 of DESIGN 6.6 for the inbox: a dropped file is claimed by moving it into `claimed/`, where only Airlock can
/// make names, under an id of Airlock's own. A product can make any name in the inbox, and none that says that a file
/// was claimed.
///
/// The supervisor does this, since the confined worker may move nothing from one folder to another. It trusts the
/// worker with no more than the name of a file in the inbox, and never reads a byte of it.

#include <optional>
#include <string>

#include "core/result.hpp"

namespace airlock::gate {

/// Moves the file `name` of the inbox into `claimed/` and returns the id that it has there. Nothing where it is not to
/// be had now: it is being written, or no longer a file of its own; it is in the inbox then. Errors: usage (no name of
/// a file in a folder), unexpected (the inbox cannot be written), bad_input (it is on another file system).
[[nodiscard]] core::Result<std::optional<std::string>> claim(const std::string& directory, const std::string& name);

/// Moves what was claimed back into the inbox: under `name` if that is free, else under a new one; where it has a name
/// there still, only lets go of it. Errors: as `claim`.
[[nodiscard]] core::Result<void> put_back(const std::string& directory, const std::string& id, const std::string& name);

/// Moves what was claimed into `held/` under the same id: a file that was too large to be read, and that the ledger has as
/// refused. Errors: usage (no id), refused (the name is taken), bad_input.
[[nodiscard]] core::Result<void> keep_claimed(const std::string& directory, const std::string& id);

}  // namespace airlock::gate
