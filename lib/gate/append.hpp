#pragma once
/// \file
/// Appending to the ledger with a fresh nonce.

#include <string_view>

#include "core/json.hpp"
#include "ledger/change.hpp"
#include "ledger/kind.hpp"
#include "ledger/ledger.hpp"
#include "sys/system.hpp"

namespace airlock::gate {

inline constexpr std::size_t nonce_bytes = 16;

/// `ledger::Change::append` with 16 bytes from the system's random source.
[[nodiscard]] inline core::Result<std::uint64_t> append(ledger::Change& change, ledger::Kind kind,
                                                        std::string_view report_id, const core::Json& members,
                                                        core::Time now) {
  return change.append(kind, report_id, members, now, sys::random_bytes(nonce_bytes));
}

}  // namespace airlock::gate
