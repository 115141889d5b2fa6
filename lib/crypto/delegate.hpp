#pragma once
/// \file
/// Signing one digest: what a process that keeps a key for others does, and how a key that is kept elsewhere signs here
/// as if it were here. Such a `PrivateKey` has its public half only; whenever a signature is made with it, by `sign`,
/// `seal` or in a certificate, a function gets the digest and must return the signature, which is verified before it is
/// used.
///
/// The digest is SHA-256 for P-256 and RSA, SHA-384 for P-384; the signature ECDSA (DER), or RSASSA-PSS with MGF1 of
/// the same digest and a salt of its size.

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// The bytes of a digest that a key of this kind signs; 0 for Ed25519, which signs no digests.
[[nodiscard]] std::size_t digest_bytes(KeyKind kind);

/// Signs a digest. Errors: bad_input (another length), unexpected (the key will not).
[[nodiscard]] Result<std::string> sign_digest(const PrivateKey& key, std::string_view digest);

/// Whether `signature` is the key's over what has this digest.
[[nodiscard]] bool is_signature_of_digest(const PublicKey& key, std::string_view digest, std::string_view signature);

using DigestSigner = std::function<Result<std::string>(std::string_view digest)>;

/// A key that is kept elsewhere. Error: bad_input for Ed25519.
[[nodiscard]] Result<PrivateKey> delegated_key(const PublicKey& half, DigestSigner signer);

/// Why a delegated key did not sign when it was last asked; else what the library says, after `what`.
[[nodiscard]] core::Error signing_error(const evp_pkey_st* key, std::string_view what);

}  // namespace airlock::crypto
