#pragma once
/// \file
/// For crypto/openssl.cpp and crypto/inventory.cpp: OpenSSL has the kinds of keys, signatures, ciphers and digests that
/// Airlock accepts, and no others.
///
/// OpenSSL reads the public key of every certificate that is parsed, and looks for who can through every key type and
/// every decoder of its provider. Most of a licence check was that search. Here a provider passes everything on to
/// OpenSSL's own, as provider(7) allows, except that it offers three key types, two encodings, three signatures,
/// AES-256 and the SHAs. What it leaves out Airlock refuses in any case: DSA, DH, SM2, MD5 and the rest are never
/// reached.

struct ossl_lib_ctx_st;
struct ossl_provider_st;

namespace airlock::crypto {

/// Gives a context OpenSSL's default provider, narrowed to keys of EC, RSA and Ed25519 in SubjectPublicKeyInfo and
/// PrivateKeyInfo, their signatures, AES-256 in the modes that are used, and SHA-1, -2 and -3. To be called once in a
/// process, and before anything is made in that context; the context must live as long as the process. Returns whether
/// it was done.
[[nodiscard]] bool load_narrowed(ossl_lib_ctx_st* context);

/// The provider that is narrowed: for asking its name and version. Null before `load_narrowed`.
[[nodiscard]] const ossl_provider_st* narrowed_provider();

}  // namespace airlock::crypto
