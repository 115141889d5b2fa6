#pragma once
/// \file
/// `process --inbox`: processes every report that the product dropped into `inbox/`. The steps are in
/// docs/architecture.md, "the life of a report". Step 0 moves the file to `claimed/<report_id>` (claims.hpp), so that
/// after a crash the next run knows which record, if any, belongs to it. Step 4 removes the file. An interrupted run is
/// finished or redone under the same id and number.
///
/// Names in the inbox have no meaning, whoever made them. A file is removed only if its bytes are those that the ledger
/// recorded under its id.

#include <functional>
#include <optional>
#include <string>

#include "gate/process.hpp"
#include "sys/world.hpp"

namespace airlock::gate {

/// Receives the results one by one, so that thousands of reports need no more memory than one.
struct InboxListener {
  std::function<void(Processed)> processed;
  /// Called for a file that stays where it is and was not recorded, with the reason. `name` may be any bytes.
  std::function<void(const std::string& name, const core::Error& error)> left;
};

/// `claim`, `put_back` and `keep_claimed` of claims.hpp, called in a process that may move the files.
struct InboxMover {
  std::function<Result<std::optional<std::string>>(const std::string& name)> claim;
  std::function<Result<void>(const std::string& id, const std::string& name)> put_back;
  std::function<Result<void>(const std::string& id)> keep;
};

/// Processes the inbox. Waits some seconds for files that are still being written. Errors: only those that stop the
/// whole run; an error with one file goes to `listener.left`.
[[nodiscard]] Result<void> process_inbox(const std::string& directory, const ProcessOptions& options,
                                         const InboxMover& mover, const InboxListener& listener,
                                         const sys::World& world = sys::real_world());

}  // namespace airlock::gate
