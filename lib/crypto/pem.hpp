#pragma once
/// \file
/// PEM (RFC 7468) as it arrives by mail, editor or memory stick: a byte order mark, CR, blanks at line ends, empty
/// lines and everything outside the armour are dropped. What remains is read strictly: lines of 64 characters,
/// canonical base64. So a changed byte is refused, or changes nothing that is read.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::crypto {

/// The label of hand-carried signed files; `openssl cms -inform PEM` reads it.
inline constexpr std::string_view cms_label = "CMS";

/// The armour of `der` with this label, lines ended by LF.
[[nodiscard]] std::string to_pem(std::string_view label, std::string_view der);

/// Reads the one armour with this label in a text. Error: bad_input saying what is wrong with it, also where there is
/// none, or a second one.
[[nodiscard]] core::Result<std::string> from_pem(std::string_view label, std::string_view text);
/// Reads every armour with this label in a text, at least one and at most `most`, in their order. Error: bad_input.
[[nodiscard]] core::Result<std::vector<std::string>> all_from_pem(std::string_view label, std::string_view text,
                                                                  std::size_t most);
/// Whether a text has the first line of an armour with this label, as `from_pem` reads lines.
[[nodiscard]] bool has_armour(std::string_view label, std::string_view text);
/// The file as `to_pem` would have written it: its one armour and nothing else. Error: as `from_pem`.
[[nodiscard]] core::Result<std::string> canonical_pem(std::string_view label, std::string_view text);

}  // namespace airlock::crypto
