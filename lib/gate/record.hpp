#pragma once
/// \file
/// Recording a report whose bytes are there: for process.cpp and inbox.cpp.

#include <string>
#include <string_view>

#include "gate/kept.hpp"
#include "gate/processed.hpp"
#include "gate/session.hpp"
#include "ledger/kind.hpp"

namespace airlock::gate {

/// Whether the report is new, or known to the ledger already.
struct Subject {
  std::string report_id;                       ///< empty: a new one is made
  std::uint64_t number = 0;                    ///< 0: new
  ledger::Kind kind = ledger::Kind::produced;  ///< `decided` for a report that has a number
  bool was_held = false;                       ///< its bytes are in `held/`, and it may stay there
  std::string dropped;                         ///< path of the claimed file that it came in; empty where it is none
};

/// Holds what was prepared where `expect` asks for other bytes.
void hold_if_unexpected(Prepared& prepared, const ProcessOptions& options);

/// What would become of a report, before anything is recorded.
[[nodiscard]] Processed describe(Prepared prepared, const Inputs& inputs, const Received& report);

/// Finishes or undoes what earlier commands left; the first time for `keeping` also what expired and what `held/` keeps
/// in vain.
[[nodiscard]] Result<void> finish_before(Session& session, Keeping& keeping);

/// Steps A to 4, under the site's lock. Error: it was not recorded.
[[nodiscard]] Result<Processed> record(const site::Site& site, const Received& report, const Subject& subject,
                                       const ProcessOptions& options, Keeping& keeping);

}  // namespace airlock::gate
