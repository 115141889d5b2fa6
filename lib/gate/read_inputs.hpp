#pragma once
/// \file
/// Reads everything that a decision depends on, from files and ledger, as of one moment.

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/inputs.hpp"
#include "gate/session.hpp"
#include "ledger/ledger.hpp"
#include "site/site.hpp"

namespace airlock::gate {

/// Reads the inputs; the configuration too is read again. Errors: only those of machine and ledger, such as unreadable
/// files. A fault of kit or licence is no error; it makes the decision stricter.
[[nodiscard]] Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger, Time now);
/// The same as of now.
[[nodiscard]] Result<Inputs> read_inputs(const site::Site& site, const ledger::Ledger& ledger);
/// The same as of the session's time.
[[nodiscard]] Result<Inputs> read_inputs(const Session& session);

/// Brings inputs that were read before the session began up to date. Everything that they were read from is read again,
/// but only where some of it is different is all of it judged again. Returns whether a decision that was made on the
/// inputs must be made anew. Errors: as `read_inputs`.
[[nodiscard]] Result<bool> renew(Inputs& inputs, const Session& session);

}  // namespace airlock::gate
