#include "crypto/usual_key.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>

#include "crypto/openssl.hpp"

namespace airlock::crypto {

using namespace std::string_view_literals;

namespace {

/// A kind of key and its encodings: constants, and between them the key's bytes.
struct Encoding {
  KeyKind kind;
  const char* name;                 ///< OpenSSL's, of the curve
  std::string_view spki;            ///< begins a SubjectPublicKeyInfo
  std::size_t public_size;          ///< of the public key's bytes behind it
  std::string_view pkcs8;           ///< begins a PrivateKeyInfo
  std::size_t private_size;         ///< of the private key's bytes behind it
  std::string_view public_follows;  ///< then this, and the public key's bytes; empty where the public key is left out
};
constexpr std::array<Encoding, 3> encodings{{
    {KeyKind::p256, "P-256",
     "\x30\x59\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07\x03\x42\x00"sv, 65,
     "\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"
     "\x04\x6D\x30\x6B\x02\x01\x01\x04\x20"sv,
     32, "\xA1\x44\x03\x42\x00"sv},
    {KeyKind::p384, "P-384",
     "\x30\x76\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x22\x03\x62\x00"sv, 97,
     "\x30\x81\xB6\x02\x01\x00\x30\x10\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x05\x2B\x81\x04\x00\x22"
     "\x04\x81\x9E\x30\x81\x9B\x02\x01\x01\x04\x30"sv,
     48, "\xA1\x64\x03\x62\x00"sv},
    {KeyKind::ed25519, "ED25519", ed25519_spki, ed25519_size,
     "\x30\x2E\x02\x01\x00\x30\x05\x06\x03\x2B\x65\x70\x04\x22\x04\x20"sv, 32, ""sv},
}};

/// A point that is not compressed (SEC 1 2.3.3). A compressed one is another encoding of the same key.
constexpr char uncompressed = '\x04';

const Encoding* encoding_of(std::string_view spki) {
  for (const Encoding& each : encodings) {
    if (!spki.starts_with(each.spki) || spki.size() != each.spki.size() + each.public_size) continue;
    if (each.kind != KeyKind::ed25519 && spki[each.spki.size()] != uncompressed) return nullptr;
    return &each;
  }
  return nullptr;
}

/// A key on a curve from its parts; a public key where `scalar` is null.
std::shared_ptr<EVP_PKEY> on_curve(const char* curve, std::string_view point, const BIGNUM* scalar) {
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> parts(OSSL_PARAM_BLD_new(),
                                                                              OSSL_PARAM_BLD_free);
  ensure(parts != nullptr && OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0) == 1 &&
             OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1 &&
             (scalar == nullptr || OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1),
         "the parts of a key");
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> list(OSSL_PARAM_BLD_to_param(parts.get()),
                                                                     OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(library(), "EC", nullptr), EVP_PKEY_CTX_free);
  ensure(list != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1, "a key from its parts");
  EVP_PKEY* key = nullptr;
  const int selection = scalar == nullptr ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR;
  if (EVP_PKEY_fromdata(context.get(), &key, selection, list.get()) != 1) key = nullptr;
  forget_errors();
  return Handle<EVP_PKEY>(key);
}

std::optional<UsualPrivateKey> ed25519_key(const Encoding& encoding, std::string_view bytes) {
  Handle<EVP_PKEY> handle(
      EVP_PKEY_new_raw_private_key_ex(library(), encoding.name, nullptr, octets(bytes), bytes.size()));
  ensure(handle != nullptr, "an Ed25519 key");
  std::string spki = ed25519_spki_of(handle.get());
  return UsualPrivateKey{std::move(handle), std::move(spki)};
}

std::optional<UsualPrivateKey> key_on_curve(const Encoding& encoding, std::string_view bytes, std::string_view point) {
  if (point.front() != uncompressed) return std::nullopt;
  const std::unique_ptr<BIGNUM, decltype(&BN_clear_free)> scalar(BN_secure_new(), BN_clear_free);
  ensure(scalar != nullptr && BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), scalar.get()) != nullptr,
         "a private key's number");
  auto handle = on_curve(encoding.name, point, scalar.get());
  if (handle == nullptr) return std::nullopt;
  return UsualPrivateKey{std::move(handle), std::string(encoding.spki).append(point)};
}

}  // namespace

std::optional<KeyKind> usual_kind(std::string_view spki) {
  const Encoding* const encoding = encoding_of(spki);
  return encoding == nullptr ? std::nullopt : std::optional(encoding->kind);
}

std::string ed25519_spki_of(const evp_pkey_st* key) {
  std::string raw(ed25519_size, '\0');
  std::size_t size = raw.size();
  ensure(
      EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(raw.data()), &size) == 1 && size == raw.size(),
      "reading an Ed25519 key");
  return std::string(ed25519_spki).append(raw);
}

std::shared_ptr<evp_pkey_st> usual_public_key(std::string_view spki) {
  const Encoding* const encoding = encoding_of(spki);
  if (encoding == nullptr) return nullptr;
  const std::string_view bytes = spki.substr(encoding->spki.size());
  if (encoding->kind != KeyKind::ed25519) return on_curve(encoding->name, bytes, nullptr);
  return Handle<EVP_PKEY>(
      EVP_PKEY_new_raw_public_key_ex(library(), encoding->name, nullptr, octets(bytes), bytes.size()));
}

std::optional<UsualPrivateKey> usual_private_key(std::string_view pkcs8) {
  for (const Encoding& each : encodings) {
    if (!pkcs8.starts_with(each.pkcs8)) continue;
    const std::string_view bytes = pkcs8.substr(each.pkcs8.size());
    if (each.public_follows.empty()) {
      return bytes.size() == each.private_size ? ed25519_key(each, bytes) : std::nullopt;
    }
    const std::size_t before_point = each.private_size + each.public_follows.size();
    if (bytes.size() != before_point + each.public_size) return std::nullopt;
    if (bytes.substr(each.private_size, each.public_follows.size()) != each.public_follows) return std::nullopt;
    return key_on_curve(each, bytes.substr(0, each.private_size), bytes.substr(before_point));
  }
  return std::nullopt;
}

}  // namespace airlock::crypto
