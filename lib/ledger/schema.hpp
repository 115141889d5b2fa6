#pragma once
/// \file
/// Tables, indexes and triggers of a ledger file. For the source files of ledger/ only. How to add a version:
/// docs/formats/ledger.md.

#include "db/schema.hpp"

namespace airlock::ledger {

/// `AirL` in ASCII.
inline constexpr std::int64_t application_id = 0x4169724C;

/// Version 2. Released versions never change.
[[nodiscard]] const db::Schema& schema();

}  // namespace airlock::ledger
