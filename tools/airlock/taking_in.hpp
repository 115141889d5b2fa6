#pragma once
/// \file
/// How `process` takes in what officers dropped, and says what became of it.

#include <cstdint>
#include <vector>

#include "commands.hpp"
#include "core/json.hpp"
#include "supervise.hpp"

namespace airlock::tools {

/// What was taken in.
struct TakenIn {
  core::Json documents;                 ///< an object for each dropped file, for the member `approvals`
  std::vector<std::uint64_t> approved;  ///< numbers of waiting reports that were approved
};
/// Takes in every dropped file. Says on standard error what was refused, and what stays where it is.
[[nodiscard]] core::Result<TakenIn> take_in(const Context& context, Worker& worker);

}  // namespace airlock::tools
