#include "crypto/key.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <optional>

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;
using namespace std::string_view_literals;

namespace {

// SubjectPublicKeyInfo up to the key's own bytes. To compare it is to refuse explicit curve parameters, compressed
// points and RSASSA-PSS keys in one step, and to have one encoding for each key.
constexpr auto p256_prefix =
    "\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\x03\x42\x00\x04"sv;
constexpr auto p384_prefix =
    "\x30\x76\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x22\x03\x62\x00\x04"sv;
constexpr auto ed25519_prefix = "\x30\x2A\x30\x05\x06\x03\x2B\x65\x70\x03\x21\x00"sv;

constexpr int rsa_bits_least = 3072;
constexpr int rsa_bits_most = 8192;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) { return Handle<EVP_PKEY>(key); }

std::optional<KeyKind> kind_of(const EVP_PKEY* key) {
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "RSA")) {
    return bits >= rsa_bits_least && bits <= rsa_bits_most ? std::optional(KeyKind::rsa) : std::nullopt;
  }
  const std::string spki = to_der(key, i2d_PUBKEY);
  if (spki.starts_with(p256_prefix)) return KeyKind::p256;
  if (spki.starts_with(p384_prefix)) return KeyKind::p384;
  if (spki.starts_with(ed25519_prefix)) return KeyKind::ed25519;
  return std::nullopt;
}

Result<std::shared_ptr<EVP_PKEY>> checked(std::shared_ptr<EVP_PKEY> key) {
  const bool known = key != nullptr && kind_of(key.get());
  forget_errors();
  if (known) return key;
  return fail(Code::bad_input, "is not a key on P-256, P-384 or Ed25519, nor RSA of 3072 to 8192 bits");
}

}  // namespace

Result<PublicKey> PublicKey::from_handle(std::shared_ptr<evp_pkey_st> handle) {
  AIRLOCK_TRY(auto key, checked(std::move(handle)));
  return PublicKey(std::move(key));
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem("PUBLIC KEY", pem));
  const unsigned char* at = octets(der);
  AIRLOCK_TRY(PublicKey key,
              from_handle(owned(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), library(), nullptr))));
  if (key.der() != der) return fail(Code::bad_input, "is not a public key in DER");
  return key;
}

Result<PublicKey> PublicKey::from_ed25519(std::string_view raw) {
  if (raw.size() != 32) return fail(Code::bad_input, "an Ed25519 key has 32 bytes, not " + std::to_string(raw.size()));
  return from_handle(owned(EVP_PKEY_new_raw_public_key_ex(library(), "ED25519", nullptr, octets(raw), raw.size())));
}

KeyKind PublicKey::kind() const { return *kind_of(handle_.get()); }
std::string PublicKey::pem() const { return to_pem("PUBLIC KEY", der()); }
std::string PublicKey::der() const { return to_der(handle_.get(), i2d_PUBKEY); }
Digest PublicKey::sha256() const { return crypto::sha256(der()); }
std::string PublicKey::ed25519() const { return der().substr(ed25519_prefix.size()); }

Result<PrivateKey> PrivateKey::generate(KeyKind kind) {
  EVP_PKEY* key = nullptr;
  switch (kind) {
    case KeyKind::p256:
      key = EVP_PKEY_Q_keygen(library(), nullptr, "EC", "P-256");
      break;
    case KeyKind::p384:
      key = EVP_PKEY_Q_keygen(library(), nullptr, "EC", "P-384");
      break;
    case KeyKind::rsa:
      key = EVP_PKEY_Q_keygen(library(), nullptr, "RSA", std::size_t{rsa_bits_least});
      break;
    case KeyKind::ed25519:
      key = EVP_PKEY_Q_keygen(library(), nullptr, "ED25519");
      break;
  }
  if (key == nullptr) return fail(library_error("making a key failed"));
  return PrivateKey(owned(key));
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  const auto refuse = [](std::string hint = {}) {
    forget_errors();
    return fail(Code::bad_input, "is not an unencrypted PKCS #8 private key", std::move(hint));
  };
  if (pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY")) return refuse("decrypt it with `openssl pkey`");
  if (pem.starts_with("-----BEGIN EC ") || pem.starts_with("-----BEGIN RSA ")) {
    return refuse("convert it with `openssl pkcs8 -topk8 -nocrypt`");
  }
  AIRLOCK_TRY(std::string decoded, crypto::from_pem("PRIVATE KEY", pem));
  const Secret der(std::move(decoded));
  const unsigned char* at = octets(der.view());
  const Handle<PKCS8_PRIV_KEY_INFO> info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.view().size())));
  if (info == nullptr || at != octets(der.view()) + der.view().size()) return refuse();
  AIRLOCK_TRY(auto key, checked(owned(EVP_PKCS82PKEY_ex(info.get(), library(), nullptr))));
  // The file names both halves of the key; nobody would notice before somebody verifies that they do not match.
  const Handle<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(library(), key.get(), nullptr));
  if (context == nullptr || EVP_PKEY_pairwise_check(context.get()) != 1) return refuse();
  return PrivateKey(std::move(key));
}

KeyKind PrivateKey::kind() const { return *kind_of(handle_.get()); }

Secret PrivateKey::pem() const {
  const Handle<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(handle_.get()));
  ensure(info != nullptr, "encoding a key");
  const Secret der(to_der(info.get(), i2d_PKCS8_PRIV_KEY_INFO));
  return Secret(to_pem("PRIVATE KEY", der.view()));
}

PublicKey PrivateKey::public_key() const {
  // A key of its own, so that what can only verify holds nothing that signs.
  const std::string der = to_der(handle_.get(), i2d_PUBKEY);
  const unsigned char* at = octets(der);
  auto key = owned(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), library(), nullptr));
  ensure(key != nullptr, "reading a public key");
  return PublicKey(std::move(key));
}

}  // namespace airlock::crypto
