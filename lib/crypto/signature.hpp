#pragma once
/// \file
/// Verifying signatures over plain bytes, without a CMS object around them.

#include <string_view>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// Whether `signature` is the key's signature over `message`: ECDSA (DER) with SHA-256 on P-256 or SHA-384 on P-384,
/// RSASSA-PSS with SHA-256, MGF1 with SHA-256 and a salt of 32 bytes, or Ed25519 (RFC 8032).
[[nodiscard]] bool is_signature(const PublicKey& key, std::string_view message, std::string_view signature);

}  // namespace airlock::crypto
