#pragma once
/// \file
/// Computes whether a site's next report is overdue, from the interval that the dictionary gives. A site whose policy
/// withholds every event has nothing to hand over, so it is never overdue.

#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "policy/ceiling.hpp"
#include "policy/policy.hpp"

namespace airlock::health {

using core::Result;
using core::Time;

/// The present decision for one of the dictionary's events.
struct Standing {
  std::string event;
  policy::Decision decision;
  std::vector<std::string> sentences;
  std::vector<policy::Loosening> above_ceiling;  ///< how it is looser than authorised; reports are held unless empty
};

/// When the next report is due to leave.
struct Schedule {
  std::string every;         ///< the interval as the dictionary writes it: `P7D`
  std::optional<Time> last;  ///< when the newest report left or was queued to be sent; nothing before the first one
  Time due;
  bool overdue = false;
};

/// The schedule of the site. Nothing if the dictionary gives no interval, or if reports of no event may leave this
/// site. Errors: those of the ledger.
[[nodiscard]] Result<std::optional<Schedule>> schedule_of(const gate::Inputs& inputs,
                                                          const std::vector<Standing>& standings,
                                                          const ledger::Ledger& ledger);

}  // namespace airlock::health
