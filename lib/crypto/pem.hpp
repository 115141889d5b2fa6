#pragma once
/// \file
/// PEM (RFC 7468) as it arrives by mail, editor or memory stick. An *armour* is everything from one `-----BEGIN …-----`
/// line to its `-----END …-----` line. A byte order mark, CR, blanks at line ends, empty lines and everything outside
/// the armour are dropped. The rest is read strictly: lines of 64 characters and canonical base64. So a changed byte is
/// refused, or changes nothing that is read.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace airlock::crypto {

/// The label of signed files that people carry; `openssl cms -inform PEM` reads it.
inline constexpr std::string_view cms_label = "CMS";

/// Writes `der` as an armour with this label and lines that end in LF.
[[nodiscard]] std::string to_pem(std::string_view label, std::string_view der);

/// Reads the one armour with this label in a text; returns the decoded bytes. Error: bad_input saying what is wrong,
/// also if there is none or a second one.
[[nodiscard]] core::Result<std::string> from_pem(std::string_view label, std::string_view text);
/// Reads every armour with this label in a text, 1 to `maximum` of them, in their order. Error: bad_input.
[[nodiscard]] core::Result<std::vector<std::string>> all_from_pem(std::string_view label, std::string_view text,
                                                                  std::size_t maximum);
/// Whether a text has the first line of an armour with this label. Lines are read as by `from_pem`.
[[nodiscard]] bool has_armour(std::string_view label, std::string_view text);
/// The one armour of a text as `to_pem` writes it, without everything else. Error: as `from_pem`.
[[nodiscard]] core::Result<std::string> canonical_pem(std::string_view label, std::string_view text);

}  // namespace airlock::crypto
