#pragma once
/// \file
/// Standing consents (`airlock authorise --also-new`): how the ledger records them, and which paths the site's kits
/// declared so far. policy/also_new.hpp says which values a consent covers.
///
/// Each `authorised` entry carries, as `also_new`, the consents as they are from then on. Each `kit` entry carries, as
/// `declared_sha256`, the SHA-256 of the list of all paths that kits have declared so far, including that kit. The
/// ledger stores the list itself.

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

/// The consents in force, and the seq of the entry that records them. Empty if there are none. Empty after
/// `ledger adopt` too: a person may have taken them back in the part of the ledger that was lost.
struct Consents {
  std::vector<policy::AlsoNew> to;
  std::uint64_t entry = 0;
};
/// Reads them from the ledger. Error: integrity if the entry cannot be read.
[[nodiscard]] Result<Consents> consents_in_force(const ledger::Ledger& ledger);
/// Adds the consents to the members of an `authorised` entry. An entry without the member `also_new` records that there
/// are none.
void add_consents(core::Json& members, const std::vector<policy::AlsoNew>& to);

/// Every path that a kit of this site has declared, including the kit in force. Nothing if that is unknown: the ledger
/// lost some of its past, or release 0.1, which did not record the paths, had more than one kit. `in_force`: the kit in
/// force, if its file is there and sound.
[[nodiscard]] Result<std::optional<std::set<std::string>>> declared_so_far(const ledger::Ledger& ledger,
                                                                           const std::optional<site::Kit>& in_force);
/// Adds these paths, and those of the entry's kit, to the members of a `kit` entry. Adds nothing if the paths are
/// unknown, or if there are more than the text of an entry may have; they are unknown from then on.
void add_declared(core::Json& members, std::optional<std::set<std::string>> so_far, const site::Kit& kit);

}  // namespace airlock::gate
