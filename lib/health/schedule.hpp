#pragma once
/// \file
/// Whether a site's next report is overdue, by how often the dictionary says that reports come. A site that withholds
/// has nothing to hand over, and is never told so.

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"

namespace airlock::health {

using core::Time;
using core::Result;

/// The decision for one of the dictionary's events as things stand.
struct Standing {
  std::string event;
  policy::Decision decision;
  std::vector<std::string> sentences;
  std::vector<policy::Loosening> above_ceiling;  ///< where it is looser than what was authorised: reports are held
};

/// When the next report should leave.
struct Schedule {
  std::string every;         ///< as the dictionary says it: `P7D`
  std::optional<Time> last;  ///< when the newest report left, or was queued to; nothing before the first one
  Time due;
  bool overdue = false;
};

/// Nothing where the dictionary does not say how often, or nothing of any event may leave this site. Error: of the
/// ledger.
[[nodiscard]] Result<std::optional<Schedule>> schedule_of(const gate::Inputs& inputs, const std::vector<Standing>& standings,
                                                          const ledger::Ledger& ledger);

}  // namespace airlock::health
