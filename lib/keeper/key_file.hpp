#pragma once
/// \file
/// What a `.key` file holds (docs/formats/keys.md): a private key as PEM, the same under a passphrase, or the word that
/// the key is in a PKCS #11 token and where. So whatever moves, keeps or replaces key files does so with all three.
///
///     {"format": "airlock-token-key/1", "uri": "pkcs11:token=site;object=signing", "module": "/usr/lib/…/libmaker.so"}

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/hash.hpp"

namespace airlock::keeper {

using core::Result;

inline constexpr std::uint64_t key_file_bytes_limit = 64 * 1024;

/// A private key in a token.
struct Token {
  std::string uri;     ///< RFC 7512, without a PIN and without a module
  std::string module;  ///< absolute path of the PKCS #11 module that leads to it
};

/// Whether URI and module are fit to be kept: the URI has path attributes only, names a key by `object` or `id`, and
/// holds nothing of the PIN. Error: bad_input saying why.
[[nodiscard]] Result<void> check(const Token& token);

enum class Kept : std::uint8_t { openly, under_passphrase, in_token };
/// `openly`, `under a passphrase`, `in a token`.
[[nodiscard]] std::string_view name(Kept kept);

struct KeyFile {
  Kept kept = Kept::openly;
  crypto::Secret pem;  ///< unless it is in a token
  Token token;
};

/// Reads `path`. Errors: as of `sys::read_private_file`, and bad_input naming the member.
[[nodiscard]] Result<KeyFile> read_key_file(const std::string& path);

/// The file for a key in a token.
[[nodiscard]] std::string to_document(const Token& token);

}  // namespace airlock::keeper
