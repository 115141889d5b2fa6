#pragma once
/// \file
/// For crypto/openssl.cpp and crypto/inventory.cpp: OpenSSL reads the kinds of keys that Airlock accepts, and no
/// others.
///
/// OpenSSL reads the public key of every certificate that is parsed, and looks for who can through every key type and
/// every decoder of its provider. Most of a licence check was that search. Here a provider passes everything on to
/// OpenSSL's own, as provider(7) allows, except that it offers three key types and two encodings. What it leaves out
/// Airlock refuses in any case: DSA, DH, SM2 and the rest never reach their parsers.

struct ossl_lib_ctx_st;
struct ossl_provider_st;

namespace airlock::crypto {

/// Gives a context OpenSSL's default provider, narrowed to keys of EC, RSA and Ed25519 in SubjectPublicKeyInfo and
/// PrivateKeyInfo. To be called once in a process, and before anything is made in that context; the context must live
/// as long as the process. Returns whether it was done.
[[nodiscard]] bool load_narrowed(ossl_lib_ctx_st* context);

/// The provider that is narrowed: for asking its name and version. Null before `load_narrowed`.
[[nodiscard]] const ossl_provider_st* narrowed_provider();

}  // namespace airlock::crypto
