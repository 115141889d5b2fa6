#pragma once
/// \file
/// Step 0 for the inbox: claiming a dropped file (docs/architecture.md, "the life of a report"). A file is claimed by
/// moving it into `claimed/` under an id that Airlock chose. Only Airlock can create names in that folder. A product
/// can create any name in the inbox, but none that makes a file look claimed.
///
/// The supervisor does this, since the sandboxed worker may not move files from one folder to another. It takes only
/// the name of a file in the inbox from the worker, and never reads a byte of that file.

#include <optional>
#include <string>

#include "core/result.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Moves the file `name` of the inbox into `claimed/` and returns the id that it has there. Returns nothing, and leaves
/// the inbox as it is, if the file cannot be claimed now: it is still being written, or it is no longer a regular file
/// with one name. Errors: usage (not the name of a file in a folder), unexpected (the inbox cannot be written),
/// bad_input (the file is on another file system).
[[nodiscard]] core::Result<std::optional<std::string>> claim(const std::string& directory, const std::string& name,
                                                             const sys::World& world = sys::real_world());

/// Moves a claimed file back into the inbox, under `name` if that is free, else under a new name. If the file still has
/// a name in the inbox, only its name in `claimed/` is removed. Errors: as `claim`.
[[nodiscard]] core::Result<void> put_back(const std::string& directory, const std::string& id, const std::string& name,
                                          const sys::World& world = sys::real_world());

/// The same as `claim` for the file `name` in `approvals/`. In `claimed/` it has the name `<id>.p7s`. Errors: as
/// `claim`.
[[nodiscard]] core::Result<std::optional<std::string>> claim_drop(const std::string& directory, const std::string& name,
                                                                  const sys::World& world = sys::real_world());
/// The ending of the names that such files have in `claimed/`.
inline constexpr std::string_view claimed_drop_ending = ".p7s";

/// Who dropped a claimed file: whoever owns it.
struct Dropper {
  unsigned uid = 0;
  std::string login;         ///< empty if the system knows none
  bool is_operator = false;  ///< the same user owns the site directory
};
/// Who dropped the file that `claim_drop` claimed. Errors: usage (not an id), bad_input (there is no such file).
[[nodiscard]] core::Result<Dropper> dropper_of(const std::string& directory, const std::string& id);

/// Moves a claimed file into `held/` under the same id. For a file that was too large to be read whole, and that the
/// ledger records as refused. Errors: usage (not an id), refused (the name is taken), bad_input.
[[nodiscard]] core::Result<void> keep_claimed(const std::string& directory, const std::string& id,
                                              const sys::World& world = sys::real_world());

}  // namespace airlock::gate
