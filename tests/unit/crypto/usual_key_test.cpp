// Keys in their usual encodings are read without OpenSSL's decoders. Those decoders are the oracle here.
#include "crypto/usual_key.hpp"

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

std::string usual_pkcs8(const EVP_PKEY* key) {
  const Handle<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key));
  return to_der(info.get(), i2d_PKCS8_PRIV_KEY_INFO);
}
std::string usual_spki(const EVP_PKEY* key) { return to_der(key, i2d_PUBKEY); }

Handle<EVP_PKEY> decoded_spki(std::string_view der) {
  const unsigned char* at = octets(der);
  Handle<EVP_PKEY> out(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), crypto::library(), nullptr));
  forget_errors();
  return out;
}

constexpr KeyKind usual_kinds[] = {KeyKind::p256, KeyKind::p384, KeyKind::ed25519};

}  // namespace

TEST_CASE("a key in its usual encoding is the key that OpenSSL's decoders read") {
  for (const KeyKind kind : usual_kinds) {
    for (int i = 0; i < 8; ++i) {
      const PrivateKey key = PrivateKey::generate(kind).value();
      const auto read = usual_private_key(usual_pkcs8(key.handle()));
      REQUIRE(read);
      CHECK(read->spki == usual_spki(key.handle()));
      CHECK(EVP_PKEY_eq(read->handle.get(), key.handle()) == 1);
      CHECK(usual_pkcs8(read->handle.get()) == usual_pkcs8(key.handle()));
      CHECK(usual_kind(read->spki) == kind);
      const auto half = usual_public_key(read->spki);
      REQUIRE(half != nullptr);
      CHECK(EVP_PKEY_eq(half.get(), decoded_spki(read->spki).get()) == 1);
      CHECK(EVP_PKEY2PKCS8(half.get()) == nullptr);
      forget_errors();
    }
  }
}

TEST_CASE("every other encoding is left to OpenSSL") {
  const PrivateKey rsa = PrivateKey::generate(KeyKind::rsa).value();
  CHECK_FALSE(usual_kind(usual_spki(rsa.handle())));
  CHECK(usual_public_key(usual_spki(rsa.handle())) == nullptr);
  CHECK_FALSE(usual_private_key(usual_pkcs8(rsa.handle())));
  for (const KeyKind kind : usual_kinds) {
    const PrivateKey key = PrivateKey::generate(kind).value();
    const std::string whole = usual_pkcs8(key.handle());
    const std::string half = usual_spki(key.handle());
    for (std::size_t size = 0; size < whole.size(); ++size) CHECK_FALSE(usual_private_key(whole.substr(0, size)));
    for (std::size_t size = 0; size < half.size(); ++size) CHECK(usual_public_key(half.substr(0, size)) == nullptr);
    CHECK_FALSE(usual_private_key(whole + '\0'));
    CHECK(usual_public_key(half + '\0') == nullptr);
  }
}

TEST_CASE("a changed byte of a public key is refused or gives the key that OpenSSL's decoders read") {
  for (const KeyKind kind : usual_kinds) {
    const std::string good = usual_spki(PrivateKey::generate(kind).value().handle());
    for (std::size_t at = 0; at < good.size(); ++at) {
      std::string changed = good;
      changed[at] = static_cast<char>(changed[at] ^ 0x01);
      const auto read = usual_public_key(changed);
      if (read == nullptr) continue;
      const auto oracle = decoded_spki(changed);
      REQUIRE(oracle != nullptr);
      CHECK(EVP_PKEY_eq(read.get(), oracle.get()) == 1);
    }
  }
}

TEST_CASE("a private key with another key's public point is refused") {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384}) {
    const std::string one = usual_pkcs8(PrivateKey::generate(kind).value().handle());
    const std::string other = usual_pkcs8(PrivateKey::generate(kind).value().handle());
    const std::size_t point = kind == KeyKind::p256 ? 65 : 97;
    const std::string mixed = one.substr(0, one.size() - point) + other.substr(other.size() - point);
    REQUIRE(usual_private_key(mixed));
    CHECK(why(PrivateKey::from_pem(to_pem("PRIVATE KEY", mixed)))
              .starts_with("bad_input: is not an unencrypted PKCS #8"));
    std::string no_number = one;
    const std::size_t number = point / 2;  // the private key's bytes; 5 others stand between it and the point
    no_number.replace(one.size() - point - 5 - number, number, number, '\0');
    CHECK_FALSE(PrivateKey::from_pem(to_pem("PRIVATE KEY", no_number)));
  }
}
