#include "crypto/inventory.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "crypto/openssl.hpp"

namespace airlock::crypto {
namespace {

/// Whether one of OpenSSL's `fetch` functions finds an algorithm in this module's context.
template <typename Fetch, typename Drop>
bool has(Fetch fetch, Drop drop, const char* algorithm) {
  auto* const found = fetch(library(), algorithm, nullptr);
  drop(found);
  forget_errors();
  return found != nullptr;
}

bool digest(const char* algorithm) { return has(EVP_MD_fetch, EVP_MD_free, algorithm); }
bool cipher(const char* algorithm) { return has(EVP_CIPHER_fetch, EVP_CIPHER_free, algorithm); }
bool signature(const char* algorithm) { return has(EVP_SIGNATURE_fetch, EVP_SIGNATURE_free, algorithm); }
bool agreement(const char* algorithm) { return has(EVP_KEYEXCH_fetch, EVP_KEYEXCH_free, algorithm); }
bool transport(const char* algorithm) { return has(EVP_ASYM_CIPHER_fetch, EVP_ASYM_CIPHER_free, algorithm); }
bool derivation(const char* algorithm) { return has(EVP_KDF_fetch, EVP_KDF_free, algorithm); }
bool mac(const char* algorithm) { return has(EVP_MAC_fetch, EVP_MAC_free, algorithm); }

std::string provider_in_use() {
  const Handle<EVP_MD> digest(EVP_MD_fetch(library(), "SHA2-256", nullptr));
  const OSSL_PROVIDER* const loaded = digest == nullptr ? nullptr : EVP_MD_get0_provider(digest.get());
  const char* name = nullptr;
  const char* version = nullptr;
  OSSL_PARAM wanted[] = {OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_NAME, &name, 0),
                         OSSL_PARAM_utf8_ptr(OSSL_PROV_PARAM_VERSION, &version, 0), OSSL_PARAM_END};
  const bool known = loaded != nullptr && OSSL_PROVIDER_get_params(loaded, wanted) == 1;
  std::string out = known && name != nullptr ? name : "unknown";
  if (known && version != nullptr) out.append(" ").append(version);
  forget_errors();
  return out;
}

}  // namespace

std::string describe(const PublicKey& key) {
  switch (key.kind()) {
    case KeyKind::p256:
      return "EC P-256";
    case KeyKind::p384:
      return "EC P-384";
    case KeyKind::rsa:
      return "RSA " + std::to_string(EVP_PKEY_get_bits(key.handle())) + " bits";
    default:
      return "Ed25519";
  }
}

Inventory inventory() {
  Inventory out{.library = OpenSSL_version(OPENSSL_VERSION), .provider = provider_in_use(), .algorithms = {}};
  out.algorithms = {
      {"SHA-256", "digests, signatures, the ledger's tree", digest("SHA2-256")},
      {"SHA-384", "signatures and key derivation with P-384", digest("SHA2-384")},
      {"ECDSA", "signatures, P-256 and P-384", signature("ECDSA")},
      {"RSA-PSS", "signatures, 3072 to 8192 bits", signature("RSA")},
      {"Ed25519", "the ledger's checkpoints", signature("ED25519")},
      {"ECDH", "recipients' keys, P-256 and P-384", agreement("ECDH")},
      {"X9.63 KDF", "key derivation of ECDH", derivation("X963KDF")},
      {"AES-256-WRAP", "wraps the content key for ECDH", cipher("AES-256-WRAP")},
      {"RSA-OAEP", "wraps the content key for RSA", transport("RSA")},
      {"AES-256-GCM", "seals bundles", cipher("AES-256-GCM")},
      {"HMAC", "pseudonyms, key derivation from a passphrase", mac("HMAC")},
      {"PBKDF2", "key derivation from a passphrase", derivation("PBKDF2")},
      {"AES-256-CBC", "keeps keys under a passphrase", cipher("AES-256-CBC")},
  };
  return out;
}

}  // namespace airlock::crypto
