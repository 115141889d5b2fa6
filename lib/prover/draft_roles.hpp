#pragma once
/// \file
/// Finds the fields of a draft that Airlock itself reads: event, period and version.

#include <string>
#include <vector>

#include "prover/declare.hpp"

namespace airlock::prover {

/// Writes `roles` and `events` into the head of a draft. `event` is what every report is; if it is empty and
/// `may_say_event`, a member may say the event. Otherwise every report is `PRODUCT report`. Changes the declaration of
/// the event to the `enum` that the role needs. Returns the constant event; empty if a member says it.
[[nodiscard]] std::string write_roles(const Seen& root, const std::string& product, const std::string& event,
                                      bool may_say_event, std::vector<Declared>& declared, core::Json& head);

}  // namespace airlock::prover
