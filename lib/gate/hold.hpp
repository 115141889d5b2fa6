#pragma once
/// \file
/// Whether a person stopped every disclosure at this site (`airlock hold`), as the ledger has it.

#include <optional>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

using core::Result;

/// That a person stopped every disclosure.
struct Hold {
  core::Time since;
  std::string reason;  ///< may be empty
};

/// The hold in force, if any.
[[nodiscard]] Result<std::optional<Hold>> hold_in_force(const ledger::Ledger& ledger);
/// Whether anything may leave at all: to be asked under a lock, right before a payload or a bundle leaves the site.
/// Error: refused while disclosures are on hold.
[[nodiscard]] Result<void> may_disclose(const ledger::Ledger& ledger);

}  // namespace airlock::gate
