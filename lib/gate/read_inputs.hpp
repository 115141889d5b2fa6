#pragma once
/// \file
/// Reads everything that a decision depends on, from files and ledger, as of one moment.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

/// Reads the inputs. Errors: only those of machine and ledger, such as unreadable files. A fault of kit or licence is
/// no error; it makes the decision stricter.
[[nodiscard]] Result<Inputs> read_inputs(const std::string& directory, const ledger::Ledger& ledger, Time now);

}  // namespace airlock::gate
