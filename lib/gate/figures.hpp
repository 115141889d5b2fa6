#pragma once
/// \file
/// What the last reports disclosed of the figures that the licence limits, in `held/usage.json`, for `airlock licence
/// usage`. Neither a payload that was sent nor a bundle that was freed can be read again, and the ledger holds no value
/// of a report. Only what is in a disclosed document is kept, and of that only what the licence limited at the time.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/io.hpp"
#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

/// By declared path; nothing where the document has no whole number there.
using Figures = std::map<std::string, std::optional<std::int64_t>, std::less<>>;

/// Keeps the figures of a disclosure whose payload is recorded in the ledger, where the licence sets limits. The caller
/// holds the lock. Errors: not_recorded; those of the scanner.
[[nodiscard]] Result<void> keep_figures(const Inputs& inputs, const ledger::Ledger& ledger,
                                        const std::string& disclosure_id, const core::Blob& payload);
/// Drops figures that were not disclosed after all, and those that newer ones have replaced. For `recover`. Error:
/// not_recorded.
[[nodiscard]] Result<void> drop_figures(const site::Site& site, const ledger::Ledger& ledger);
/// The figures of a disclosure; nothing where none were kept. Error: bad_input (the file is not sound).
[[nodiscard]] Result<std::optional<Figures>> figures_of(const site::Site& site, const std::string& disclosure_id);

}  // namespace airlock::gate
