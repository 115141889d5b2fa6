#pragma once
/// \file
/// How this module signs certificates and revocation lists, for its own .cpp files.

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// A context in which `key` signs: ECDSA with SHA-256 (P-256) or SHA-384 (P-384), or RSASSA-PSS with SHA-256. Throws
/// where the library cannot.
[[nodiscard]] Handle<evp_md_ctx_st> signing_context(const PrivateKey& key);

}  // namespace airlock::crypto
