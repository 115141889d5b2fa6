#pragma once
/// \file
/// The key of a person who signs with a command: a file, or the URI of a key in a PKCS #11 token.

#include <string>

#include "crypto/key.hpp"
#include "keeper/key_file.hpp"

namespace airlock::keeper {

/// What prompts and systemd credentials call the key of an officer.
inline constexpr std::string_view officer_key_name = "officer";

/// Where a person's key is.
struct PersonKey {
  std::string key;     ///< path of a key file, or a URI that begins with `pkcs11:` (RFC 7512)
  std::string module;  ///< absolute path of the token's module; empty for a file
};

/// The private key, which must belong to `public_key`. May ask for a passphrase or PIN. Errors: as `signing_key` and
/// `token_key`; usage if a URI has no module; integrity if it is another key.
[[nodiscard]] Result<crypto::PrivateKey> key_of_person(const PersonKey& where, const crypto::PublicKey& public_key);

}  // namespace airlock::keeper
