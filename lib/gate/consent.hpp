#pragma once
/// \file
/// The standing consent of a person, `airlock authorise --also-new`: where the ledger has it, and what every kit of the
/// site declared. Which values a consent covers, policy/also_new.hpp knows.
///
/// Each `authorised` entry carries the consents as they are from then on, as `also_new`; each `kit` entry the SHA-256 of
/// all paths that kits declared so far, that kit's too, as `declared_sha256`, whose text the ledger keeps.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "gate/inputs.hpp"
#include "ledger/ledger.hpp"
#include "policy/also_new.hpp"

namespace airlock::gate {

/// What was consented to, and the newest entry that says so. Empty where nothing is, and after `ledger adopt`: it may have
/// been taken back in the past that was lost.
struct Consents {
  std::vector<policy::AlsoNew> to;
  std::uint64_t entry = 0;
};
/// Error: integrity where the entry cannot be read.
[[nodiscard]] Result<Consents> consents_in_force(const ledger::Ledger& ledger);
/// Puts the consents into the members of an `authorised` entry. One without the member says that there are none.
void add_consents(core::Json& members, const std::vector<policy::AlsoNew>& to);

/// Every path that the kits of this site declared, up to the one in force. Nothing where nobody knows: release 0.1 did
/// not record it, and more than one kit was in force then; or the ledger lost some of its past. `in_force` is the kit in
/// force, if it is at hand.
[[nodiscard]] Result<std::optional<std::set<std::string>>> declared_so_far(const ledger::Ledger& ledger,
                                                                          const std::optional<site::Kit>& in_force);
/// Puts the paths, and those of the kit that the entry is about, into the members of a `kit` entry. Where they are
/// unknown, or more than an entry's text may have, they stay unknown.
void add_declared(core::Json& members, std::optional<std::set<std::string>> so_far, const site::Kit& kit);

}  // namespace airlock::gate
