#pragma once
/// \file
/// Texts that ledger entries name by their SHA-256, and that the ledger keeps beside the entries.

#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

using core::Result;

/// The text that an entry with this body names by `MEMBER_sha256`; nothing where it has no such member. Error:
/// integrity where the text is missing or another.
[[nodiscard]] Result<std::optional<std::string>> text_named_in(const core::Json& body, std::string_view member,
                                                               const ledger::Ledger& ledger);

}  // namespace airlock::gate
