#pragma once
/// \file
/// The hold: whether a person has stopped every disclosure at this site (`airlock hold`), according to the ledger.

#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

using core::Result;

/// A hold that a person put on every disclosure.
struct Hold {
  core::Time since;
  std::string reason;  ///< may be empty
};

/// The hold in force; nothing if there is none.
[[nodiscard]] Result<std::optional<Hold>> hold_in_force(const ledger::Ledger& ledger);
/// Checks that disclosures are not on hold. Call it under a lock, right before a payload or a bundle leaves the site.
/// Error: refused while disclosures are on hold.
[[nodiscard]] Result<void> may_disclose(const ledger::Ledger& ledger);

}  // namespace airlock::gate
