#pragma once
/// \file
/// The content of a `.key` file (docs/formats/keys.md): a private key as PEM, unencrypted or under a passphrase, or a
/// JSON document that says which key in which PKCS #11 token it is. Whatever moves, keeps or replaces key files works
/// with all three.
///
///     {"format": "airlock-token-key/1", "uri": "pkcs11:token=site;object=signing", "module": "/usr/lib/…/libmaker.so"}

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/hash.hpp"

namespace airlock::keeper {

using core::Result;

inline constexpr std::uint64_t key_file_bytes_limit = 64ULL * 1024;

/// Where a private key in a token is.
struct TokenKey {
  std::string uri;     ///< RFC 7512, without a PIN and without a module
  std::string module;  ///< absolute path of the PKCS #11 module that leads to the token
};

/// Checks that URI and module may be written to a file: the URI has path attributes only, names a token and a key, and
/// has no PIN. Error: bad_input with the reason.
[[nodiscard]] Result<void> check(const TokenKey& token);

enum class KeyProtection : std::uint8_t { unencrypted, under_passphrase, in_token };
/// The word for it in messages and in JSON output: `openly`, `under a passphrase`, `in a token`.
[[nodiscard]] std::string_view name(KeyProtection kept);

struct KeyFile {
  KeyProtection kept = KeyProtection::unencrypted;
  crypto::Secret pem;  ///< empty where the key is in a token
  TokenKey token;      ///< only where the key is in a token
};

/// Reads `path`. Errors: as `sys::read_private_file`; bad_input naming the member.
[[nodiscard]] Result<KeyFile> read_key_file(const std::string& path);

/// The content of the file for a key in a token.
[[nodiscard]] std::string to_document(const TokenKey& token);

}  // namespace airlock::keeper
