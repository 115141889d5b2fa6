#pragma once
/// \file
/// Signatures over plain bytes, without an envelope: what notes, and answers of a key's keeper, are checked with.

#include <string_view>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// Whether `signature` is the key's over `message`: ECDSA (DER) with SHA-256 on P-256 and SHA-384 on P-384, RSASSA-PSS
/// with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes, or Ed25519 (RFC 8032).
[[nodiscard]] bool is_signature(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace airlock::crypto
