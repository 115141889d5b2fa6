#pragma once
/// \file
/// Keys in the encodings that OpenSSL and Airlock write, for this module's own .cpp files. OpenSSL 3.0 looks for a
/// decoder each time it reads a key, which takes ten times as long as a signature. These encodings are constants with
/// the key's bytes behind them, so nothing has to be looked for.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/key_kind.hpp"

struct evp_pkey_st;

namespace airlock::crypto {

/// The beginning of an Ed25519 key's SubjectPublicKeyInfo; its 32 bytes follow (RFC 8410 4).
inline constexpr std::string_view ed25519_spki{"\x30\x2A\x30\x05\x06\x03\x2B\x65\x70\x03\x21\x00", 12};

inline constexpr std::size_t ed25519_size = 32;
/// The SubjectPublicKeyInfo of an Ed25519 key of OpenSSL's, private or public. Precondition: that kind.
[[nodiscard]] std::string ed25519_spki_of(const evp_pkey_st* key);

/// The kind of key that a SubjectPublicKeyInfo (DER) says it is: P-256, P-384 and Ed25519 only, by their one allowed
/// encoding, without explicit curve parameters and compressed points (RFC 5480 2.1.1, RFC 8410 4).
[[nodiscard]] std::optional<KeyKind> usual_kind(std::string_view spki);

/// The public key of such a SubjectPublicKeyInfo. Null if it has another encoding, or if its bytes are no point of the
/// curve.
[[nodiscard]] std::shared_ptr<evp_pkey_st> usual_public_key(std::string_view spki);

struct UsualPrivateKey {
  std::shared_ptr<evp_pkey_st> handle;
  std::string spki;  ///< of the public key: as the file has it on a curve, computed for Ed25519
};
/// The private key of a PrivateKeyInfo (DER; RFC 5958, RFC 5915, RFC 8410 7). Nothing if it has another encoding, or if
/// its bytes are no key. Whether private and public key belong together is not checked.
[[nodiscard]] std::optional<UsualPrivateKey> usual_private_key(std::string_view pkcs8);

}  // namespace airlock::crypto
