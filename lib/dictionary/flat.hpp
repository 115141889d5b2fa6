#pragma once
/// \file
/// The flat document of an expanded dictionary as text. For this module only.

#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"

namespace airlock::dictionary {

inline constexpr std::string_view first_format = "airlock-dictionary/1";
inline constexpr std::string_view second_format = "airlock-dictionary/2";

/// The order in which the members of a declaration are written. Members that are not named here follow.
[[nodiscard]] core::Json in_order(const core::Json& declaration);

/// Whether a document has a word that the very first format did not have, so that it must say that it is of the second.
[[nodiscard]] bool needs_second_format(const core::Json& top, const std::vector<core::Json>& fields);

/// The document with the members of `top`, but with `fields` and with the format that its words need. Each member has
/// a line, and so has each declaration.
[[nodiscard]] std::string flat_text(const core::Json& top, const std::vector<core::Json>& fields);

}  // namespace airlock::dictionary
