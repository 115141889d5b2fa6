#pragma once
/// \file
/// Pseudonyms: the same value at the same path has the same one as long as the site's key is the same. Pure.

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/hash.hpp"
#include "dictionary/field.hpp"

namespace airlock::redaction {

/// How many base32 characters stand behind the class.
inline constexpr std::size_t pseudonym_digits = 26;

/// `<class>-` and 26 base32 characters: the first 128 bits of HMAC-SHA-256 over class, declared path and decoded value.
/// Each of the three has its length before it, as 8 bytes, big-endian.
[[nodiscard]] std::string pseudonym(crypto::HmacSha256& keyed, dictionary::Class cls, std::string_view path,
                                    std::string_view value);

/// Whether `text` has the form of a pseudonym of this class.
[[nodiscard]] bool is_pseudonym(std::string_view text, dictionary::Class cls);

}  // namespace airlock::redaction
