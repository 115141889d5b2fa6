#pragma once
/// \file
/// Widens a declaration so that it accepts what a report has too. What else it says stays.

#include <optional>

#include "core/json.hpp"
#include "prover/declare.hpp"

namespace airlock::prover {

/// The declaration of `field`, whose text is `declaration`, widened to the scalars and empty containers of `seen`. A
/// mark says why if values of a stricter class or new words of an `enum` came in. Nothing if no value is new.
[[nodiscard]] std::optional<core::Json> widened(const NameWords& list, const dictionary::Field& field,
                                                const core::Json& declaration, const Seen& seen, const NamePath& names);
/// The same for the keys that the declaration's `*` stands for. Precondition: it has a `key`.
[[nodiscard]] core::Json widened_key(const dictionary::Field& field, const core::Json& declaration,
                                     const Scalars& keys);

}  // namespace airlock::prover
