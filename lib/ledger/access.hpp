#pragma once
/// \file
/// The database of an open ledger, for `verify` and for tests.

#include "db/database.hpp"
#include "ledger/ledger.hpp"
#include "ledger/state.hpp"

namespace airlock::ledger {

struct LedgerAccess {
  /// Error: as `LedgerState::use`.
  [[nodiscard]] static Result<db::Database*> database(const Ledger& ledger) { return ledger.state_->use(); }
};

}  // namespace airlock::ledger
