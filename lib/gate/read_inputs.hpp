#pragma once
/// \file
/// Reads all that a decision depends on, from files and ledger, as of one moment.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

/// Reads them. Errors: only of the machine (unreadable files, ledger); whatever is wrong with kit or licence makes the
/// decision stricter instead.
[[nodiscard]] Result<Inputs> read_inputs(const std::string& directory, const ledger::Ledger& ledger, Time now);

}  // namespace airlock::gate
