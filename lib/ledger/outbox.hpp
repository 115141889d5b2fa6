#pragma once
/// \file
/// Disclosures as rows of the outbox table. For the source files of ledger/ only.

#include "db/database.hpp"
#include "ledger/ledger.hpp"

namespace airlock::ledger {

[[nodiscard]] Result<std::optional<Disclosure>> find_disclosure(db::Database& database, std::string_view id);
/// Adds the disclosure, or brings its row up to date.
[[nodiscard]] Result<void> put_disclosure(db::Database& database, const Disclosure& disclosure);

}  // namespace airlock::ledger
