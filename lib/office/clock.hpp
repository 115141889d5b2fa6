#pragma once
/// \file
/// `airlock authorise --clock`: after a bad clock was set right, a person disowns the times that it put into the
/// ledger.

#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/takeover.hpp"

namespace airlock::office {

/// The state of the clock guard, and what disowning would change.
struct ClockProposal {
  core::Time now;
  std::optional<core::Time> ledger;  ///< the newest time of an entry that is not disowned
  /// A time ahead of the clock that disowning cannot remove: when the vendor issued the kit or the licence, or a time
  /// that only `public/site.json` has. It keeps the clock guard active. Nothing if no such time is ahead.
  std::optional<core::Error> stays;
  /// Set if a licence took over only because of the wrong clock: it will wait again, and the licence before it will be
  /// in force again.
  std::optional<gate::TakeBack> back = {};
  /// True if there is no time to disown: no entry is later than now.
  [[nodiscard]] bool empty() const { return !ledger || *ledger <= now; }
};
/// Computes the proposal and changes nothing. Errors: those of site, ledger and configuration.
[[nodiscard]] core::Result<ClockProposal> propose_clock(const std::string& directory);

/// Appends an entry that disowns every time of an earlier entry that is later than now, and updates `public/site.json`.
/// The ceiling stays what it is. Errors: refused (there is no time to disown), not_recorded.
[[nodiscard]] core::Result<ClockProposal> disown_times(const std::string& directory, const std::string& reason);

}  // namespace airlock::office
