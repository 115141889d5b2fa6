#pragma once
/// \file
/// Whether one token of a report has a declared type. Pure; looks at no other token.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dictionary/field.hpp"
#include "report/scanner.hpp"

namespace airlock::dictionary {

/// Whether a token of this kind and text is of this type (docs/formats/dictionary.md has each type's grammar). A key
/// counts as a string. The opening token of a container fits `empty` only; the next token shows whether it is empty.
[[nodiscard]] bool fits(Type type, report::TokenKind kind, std::string_view text,
                        const std::vector<std::string>& enum_values);

/// The first of the shape's types that the token fits, or nothing.
[[nodiscard]] std::optional<Type> first_fit(const Shape& shape, report::TokenKind kind, std::string_view text);

/// Whether the token says that there is no value. Returns `empty` for a `null` in a nullable shape, `enumeration` for
/// one of the shape's sentinels, and nothing for any other token.
[[nodiscard]] std::optional<Type> stand_in(const Shape& shape, report::TokenKind kind, std::string_view text);

}  // namespace airlock::dictionary
