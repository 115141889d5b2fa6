#pragma once
/// \file
/// Texts that the ledger keeps beside its entries. An entry names such a text by its SHA-256.

#include <optional>
#include <string>
#include <string_view>

#include "core/json.hpp"
#include "core/result.hpp"
#include "ledger/ledger.hpp"

namespace airlock::gate {

using core::Result;

/// The text whose SHA-256 is the member `MEMBER_sha256` of this body; nothing if the body has no such member. Error:
/// integrity if the text is missing or has another digest.
[[nodiscard]] Result<std::optional<std::string>> text_named_in(const core::Json& body, std::string_view member,
                                                               const ledger::Ledger& ledger);

}  // namespace airlock::gate
