#pragma once
/// \file
/// PEM (RFC 7468), read strictly: exactly one block, lines of 64 characters, canonical base64, LF or CRLF throughout,
/// nothing before or behind it. So no byte of a hand-carried file is without meaning.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace airlock::crypto {

/// The label of hand-carried signed files; `openssl cms -inform PEM` reads it.
inline constexpr std::string_view cms_label = "CMS";

[[nodiscard]] std::string to_pem(std::string_view label, std::string_view der);

/// Reads one block with this label. Error: bad_input saying what is wrong with it.
[[nodiscard]] core::Result<std::string> from_pem(std::string_view label, std::string_view text);

}  // namespace airlock::crypto
