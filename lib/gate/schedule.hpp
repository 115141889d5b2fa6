#pragma once
/// \file
/// Whether a site's next report is overdue, by how often the dictionary says that reports come. A site that withholds
/// has nothing to hand over, and is never told so.

#include <optional>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "gate/status.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

/// Nothing where the dictionary does not say how often, or nothing of any event may leave this site. Error: of the
/// ledger.
[[nodiscard]] Result<std::optional<Schedule>> schedule_of(const Inputs& inputs, const std::vector<Standing>& standings,
                                                          const ledger::Ledger& ledger);

}  // namespace airlock::gate
