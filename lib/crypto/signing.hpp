#pragma once
/// \file
/// What signing has in common, for this module's own .cpp files.

#include "crypto/key.hpp"
#include "crypto/openssl.hpp"

namespace airlock::crypto {

/// A context in which `key` signs certificates and revocation lists: ECDSA with SHA-256 (P-256) or SHA-384 (P-384), or
/// RSASSA-PSS with SHA-256. Throws std::runtime_error if OpenSSL cannot make one.
[[nodiscard]] Handle<evp_md_ctx_st> signing_context(const PrivateKey& key);

/// Why `key` did not sign when OpenSSL was last asked to: the error of a delegated key's signer (crypto/delegate.hpp)
/// if there was one; otherwise `what` and OpenSSL's reason.
[[nodiscard]] core::Error signing_error(const evp_pkey_st* key, std::string_view what);

}  // namespace airlock::crypto
