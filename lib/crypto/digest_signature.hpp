#pragma once
/// \file
/// Signing a digest that another process has computed, as a process does that keeps a key for others.
///
/// The digest is SHA-256 for P-256 and RSA keys and SHA-384 for P-384 keys. The signature is ECDSA (DER), or RSASSA-PSS
/// (RFC 8017 8.1) with MGF1 of the same digest and a salt as long as the digest. Ed25519 signs no digests.

#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// The size of the digests that a key of this kind signs, in bytes; 0 for Ed25519.
[[nodiscard]] std::size_t digest_bytes(KeyKind kind);

/// Signs a digest. Errors: bad_input (not of `digest_bytes`), or why the key did not sign.
[[nodiscard]] Result<std::string> sign_digest(const PrivateKey& key, std::string_view digest);

/// Whether `signature` is the key's over what has this digest.
[[nodiscard]] bool is_signature_of_digest(const PublicKey& key, std::string_view digest, std::string_view signature);

}  // namespace airlock::crypto
