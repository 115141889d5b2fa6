#pragma once
/// \file
/// Disclosures as rows of the outbox table. For the source files of ledger/ only. Nothing here is verified.

#include <optional>
#include <string_view>

#include "core/result.hpp"
#include "db/database.hpp"
#include "ledger/disclosure.hpp"

namespace airlock::ledger {

using core::Result;

/// The row of the disclosure with this id; nothing where there is none.
[[nodiscard]] Result<std::optional<Disclosure>> find_disclosure(db::Database& database, std::string_view id);
/// Adds the disclosure, or brings its row up to date.
[[nodiscard]] Result<void> put_disclosure(db::Database& database, const Disclosure& disclosure);

}  // namespace airlock::ledger
