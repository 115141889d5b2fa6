#pragma once
/// \file
/// Disowning the times that a bad clock put into the ledger: what a person does after the clock was set right.

#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/takeover.hpp"

namespace airlock::office {

/// What the clock guard says, and what disowning would change.
struct ClockProposal {
  core::Time now;
  std::optional<core::Time> ledger;  ///< the newest time of an entry that is not disowned
  /// What else stops the guard and nobody here can disown: the vendor's word in kit or licence, whichever is later, or
  /// what only `public/site.json` says. Nothing where all of these have passed.
  std::optional<core::Error> stays;
  /// A licence that took over by the wrong clock only: it waits again, and the one before it is in force again.
  std::optional<gate::TakeBack> back = {};
  /// Whether there is a time to disown: an entry is later than now.
  [[nodiscard]] bool empty() const { return !ledger || *ledger <= now; }
};
/// Looks at the times without changing any. Errors: those of site, ledger and configuration.
[[nodiscard]] core::Result<ClockProposal> propose_clock(const std::string& directory);

/// Records that all times before this entry that are later than now came from a bad clock, and shows it publicly. The
/// ceiling stays what it is. Error: refused where there is nothing to disown; not_recorded.
[[nodiscard]] core::Result<ClockProposal> disown_times(const std::string& directory, const std::string& reason);

}  // namespace airlock::office
