#include "crypto/key.hpp"

#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <optional>

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "crypto/usual_key.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::string_view key_label = "PRIVATE KEY";
constexpr std::string_view encrypted_key_label = "ENCRYPTED PRIVATE KEY";
/// OWASP's recommendation for PBKDF2 with HMAC-SHA-256. Takes a fifth of a second.
constexpr int pbkdf2_rounds = 600'000;
/// SP 800-132 5.1 asks for 128 bits; the default of OpenSSL 3.0 is 64.
constexpr int pbkdf2_salt_bytes = 16;

constexpr int rsa_bits_minimum = 3072;
constexpr int rsa_bits_maximum = 8192;

std::shared_ptr<EVP_PKEY> owned(EVP_PKEY* key) { return Handle<EVP_PKEY>(key); }

std::shared_ptr<EVP_PKEY> read_public(std::string_view der) {
  if (auto usual = usual_public_key(der)) return usual;
  const unsigned char* at = octets(der);
  return owned(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), library(), nullptr));
}

/// The SubjectPublicKeyInfo of a key; empty if it has none. OpenSSL allocates the bytes: asking for their size first
/// would encode the key twice.
std::string public_der(const EVP_PKEY* key) {
  unsigned char* out = nullptr;
  const int size = key == nullptr ? 0 : i2d_PUBKEY(key, &out);
  const std::unique_ptr<unsigned char, void (*)(unsigned char*)> der(out, [](unsigned char* p) { OPENSSL_free(p); });
  forget_errors();
  return size > 0 ? std::string(reinterpret_cast<const char*>(out), static_cast<std::size_t>(size)) : std::string{};
}

std::optional<KeyKind> kind_of(const EVP_PKEY* key, std::string_view spki) {
  if (key == nullptr) return std::nullopt;
  if (const auto usual = usual_kind(spki)) return usual;
  const int bits = EVP_PKEY_get_bits(key);
  if (EVP_PKEY_is_a(key, "RSA") == 1 && bits >= rsa_bits_minimum && bits <= rsa_bits_maximum) return KeyKind::rsa;
  return std::nullopt;
}

/// Whether a signature by the private key verifies with the public key. For ECDSA and RSA keys. OpenSSL's own check of
/// an RSA key takes a third of a second because it tests the primes again.
bool keys_match(EVP_PKEY* key, EVP_PKEY* public_key) {
  const char* const digest = "SHA2-256";
  const std::string_view text = "airlock";
  const Handle<EVP_MD_CTX> signing(EVP_MD_CTX_new());
  const Handle<EVP_MD_CTX> verifying(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key)), '\0');
  std::size_t size = signature.size();
  return EVP_DigestSignInit_ex(signing.get(), nullptr, digest, library(), nullptr, key, nullptr) == 1 &&
         EVP_DigestSign(signing.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(text),
                        text.size()) == 1 &&
         EVP_DigestVerifyInit_ex(verifying.get(), nullptr, digest, library(), nullptr, public_key, nullptr) == 1 &&
         EVP_DigestVerify(verifying.get(), octets(signature), size, octets(text), text.size()) == 1;
}

tl::unexpected<core::Error> refuse_kind() {
  return fail(Code::bad_input, "is not a key on P-256, P-384 or Ed25519, nor RSA of 3072 to 8192 bits");
}

/// Whether a key file's encryption is PBES2 (RFC 8018 6.2) of AES-256-CBC and PBKDF2 with HMAC-SHA-256, -384 or -512.
bool is_supported(const X509_ALGOR& scheme) {
  if (OBJ_obj2nid(scheme.algorithm) != NID_pbes2) return false;
  const Handle<PBE2PARAM> parts(
      static_cast<PBE2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), scheme.parameter)));
  if (parts == nullptr || OBJ_obj2nid(parts->keyfunc->algorithm) != NID_id_pbkdf2) return false;
  const Handle<PBKDF2PARAM> derivation(
      static_cast<PBKDF2PARAM*>(ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), parts->keyfunc->parameter)));
  if (derivation == nullptr || derivation->prf == nullptr) return false;  // the default is HMAC-SHA-1
  const int prf = OBJ_obj2nid(derivation->prf->algorithm);
  return (prf == NID_hmacWithSHA256 || prf == NID_hmacWithSHA384 || prf == NID_hmacWithSHA512) &&
         OBJ_obj2nid(parts->encryption->algorithm) == NID_aes_256_cbc;
}

tl::unexpected<core::Error> refuse_file(std::string hint = {}) {
  forget_errors();
  return fail(Code::bad_input, "is not an unencrypted PKCS #8 private key", std::move(hint));
}

}  // namespace

bool is_encrypted_pem(std::string_view pem) { return has_armour(encrypted_key_label, pem); }

Result<PublicKey> PublicKey::from_handle(std::shared_ptr<evp_pkey_st> handle, std::string der) {
  const auto kind = kind_of(handle.get(), der);
  forget_errors();
  if (!kind) return refuse_kind();
  return PublicKey(std::move(handle), std::move(der), *kind);
}

Result<PublicKey> PublicKey::from_pem(std::string_view pem) {
  AIRLOCK_TRY(std::string der, crypto::from_pem("PUBLIC KEY", pem));
  AIRLOCK_TRY(PublicKey key, from_handle(read_public(der), der));
  // Bytes behind the key, and encodings that are not DER, differ from what OpenSSL encodes.
  if (key.kind() == KeyKind::rsa && to_der(key.handle(), i2d_PUBKEY) != der)
    return fail(Code::bad_input, "is not a public key in DER");
  return key;
}

Result<PublicKey> PublicKey::from_ed25519(std::string_view raw) {
  if (raw.size() != ed25519_size) {
    return fail(Code::bad_input, "an Ed25519 key has 32 bytes, not " + std::to_string(raw.size()));
  }
  std::string der = std::string(ed25519_spki).append(raw);
  auto handle = usual_public_key(der);
  return from_handle(std::move(handle), std::move(der));
}

std::string PublicKey::pem() const { return to_pem("PUBLIC KEY", der_); }
Digest PublicKey::sha256() const { return crypto::sha256(der_); }
std::string PublicKey::ed25519() const { return der_.substr(ed25519_spki.size()); }

Result<PrivateKey> PrivateKey::from_handle(std::shared_ptr<evp_pkey_st> handle) {
  const bool is_ed25519 = handle != nullptr && EVP_PKEY_is_a(handle.get(), "ED25519") == 1;
  std::string spki = is_ed25519 ? ed25519_spki_of(handle.get()) : public_der(handle.get());
  if (spki.empty()) return refuse_kind();
  return with_spki(std::move(handle), std::move(spki));
}

Result<PrivateKey> PrivateKey::with_spki(std::shared_ptr<evp_pkey_st> handle, std::string spki) {
  auto public_handle = read_public(spki);
  AIRLOCK_TRY(PublicKey public_key, PublicKey::from_handle(std::move(public_handle), std::move(spki)));
  return PrivateKey(std::move(handle), std::move(public_key));
}

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
      key = EVP_PKEY_Q_keygen(library(), nullptr, "RSA", std::size_t{rsa_bits_minimum});
      break;
    case KeyKind::ed25519:
      key = EVP_PKEY_Q_keygen(library(), nullptr, "ED25519");
      break;
  }
  if (key == nullptr) return fail(library_error("making a key failed"));
  return from_handle(owned(key));
}

Result<PrivateKey> PrivateKey::from_info(const PKCS8_PRIV_KEY_INFO* info) {
  auto handle = owned(EVP_PKCS82PKEY_ex(info, library(), nullptr));
  if (handle == nullptr) return refuse_file();
  return checked(from_handle(std::move(handle)));
}

Result<PrivateKey> PrivateKey::checked(Result<PrivateKey> read) {
  AIRLOCK_TRY(PrivateKey key, std::move(read));
  // The file contains a public key. If it belonged to another private key, that would only be noticed when somebody
  // verifies a signature. A file of Ed25519 has none: OpenSSL computes the public key.
  if (key.kind() != KeyKind::ed25519 && !keys_match(key.handle(), key.public_key().handle())) return refuse_file();
  return key;
}

Result<PrivateKey> PrivateKey::from_pem(std::string_view pem) {
  if (is_encrypted_pem(pem)) {
    return fail(Code::bad_input, "is a private key under a passphrase, which cannot be used here");
  }
  if (has_armour("EC PRIVATE KEY", pem) || has_armour("RSA PRIVATE KEY", pem)) {
    return refuse_file("convert it with `openssl pkcs8 -topk8 -nocrypt`");
  }
  AIRLOCK_TRY(std::string decoded, crypto::from_pem(key_label, pem));
  const Secret der(std::move(decoded));
  if (auto usual = usual_private_key(der.view())) {
    return checked(with_spki(std::move(usual->handle), std::move(usual->spki)));
  }
  const unsigned char* at = octets(der.view());
  const Handle<PKCS8_PRIV_KEY_INFO> info(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.view().size())));
  if (info == nullptr || at != octets(der.view()) + der.view().size()) return refuse_file();
  return from_info(info.get());
}

Result<PrivateKey> PrivateKey::from_encrypted_pem(std::string_view pem, const Secret& passphrase) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem(encrypted_key_label, pem));
  const unsigned char* at = octets(der);
  const Handle<X509_SIG> sealed(d2i_X509_SIG(nullptr, &at, static_cast<long>(der.size())));
  const X509_ALGOR* scheme = nullptr;
  if (sealed != nullptr && at == octets(der) + der.size()) X509_SIG_get0(sealed.get(), &scheme, nullptr);
  forget_errors();
  if (scheme == nullptr) return fail(Code::bad_input, "is not an encrypted PKCS #8 private key");
  const bool supported = is_supported(*scheme);
  forget_errors();
  if (!supported) {
    return fail(Code::bad_input, "is encrypted in a way that is not supported",
                "convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`");
  }
  const std::string_view text = passphrase.view();
  const Handle<PKCS8_PRIV_KEY_INFO> info(
      PKCS8_decrypt_ex(sealed.get(), text.data(), static_cast<int>(text.size()), library(), nullptr));
  forget_errors();
  if (info == nullptr) return fail(Code::refused, "the passphrase is wrong, or the file is damaged");
  return from_info(info.get());
}

std::string PrivateKey::encrypted_pem(const Secret& passphrase) const {
  const Handle<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(handle_.get()));
  X509_ALGOR* const scheme = PKCS5_pbe2_set_iv_ex(EVP_aes_256_cbc(), pbkdf2_rounds, nullptr, pbkdf2_salt_bytes, nullptr,
                                                  NID_hmacWithSHA256, library());
  const std::string_view text = passphrase.view();
  const Handle<X509_SIG> sealed(PKCS8_set0_pbe_ex(text.data(), static_cast<int>(text.size()), info.get(), scheme,
                                                  library(), nullptr));  // owns `scheme` if it succeeds
  if (sealed == nullptr) X509_ALGOR_free(scheme);
  ensure(info != nullptr && sealed != nullptr, "encrypting a key");
  return to_pem(encrypted_key_label, to_der(sealed.get(), i2d_X509_SIG));
}

Secret PrivateKey::pem() const {
  const Handle<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(handle_.get()));
  ensure(info != nullptr, "encoding a key");
  const Secret der(to_der(info.get(), i2d_PKCS8_PRIV_KEY_INFO));
  return Secret(to_pem(key_label, der.view()));
}

}  // namespace airlock::crypto
