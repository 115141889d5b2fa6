#include "crypto/key.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

std::string pkcs8(EVP_PKEY* key) {
  const Handle<PKCS8_PRIV_KEY_INFO> info(EVP_PKEY2PKCS8(key));
  return to_pem("PRIVATE KEY", to_der(info.get(), i2d_PKCS8_PRIV_KEY_INFO));
}
std::string spki(EVP_PKEY* key) { return to_pem("PUBLIC KEY", to_der(key, i2d_PUBKEY)); }

Handle<EVP_PKEY> ec_key(const char* curve, const char* parameter, const char* value) {
  Handle<EVP_PKEY> key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
  if (parameter != nullptr) REQUIRE(EVP_PKEY_set_utf8_string_param(key.get(), parameter, value) == 1);
  return key;
}

}  // namespace

TEST_CASE("keys of every kind survive a round trip through PEM") {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa, KeyKind::ed25519}) {
    const PrivateKey key = PrivateKey::generate(kind).value();
    CHECK(key.kind() == kind);
    const auto again = PrivateKey::from_pem(key.pem().view());
    REQUIRE_MESSAGE(again, why(again));
    CHECK(again->pem().view() == key.pem().view());
    CHECK(again->kind() == kind);
    const PublicKey half = key.public_key();
    CHECK(half.kind() == kind);
    CHECK(PublicKey::from_pem(half.pem()).value().der() == half.der());
    CHECK(half.sha256() == sha256(half.der()));
  }
}

static_assert(!std::is_copy_constructible_v<PrivateKey> && !std::is_copy_assignable_v<PrivateKey>);
static_assert(!std::is_copy_constructible_v<Secret> && !std::is_copy_assignable_v<Secret>);

TEST_CASE("a public key holds nothing that signs") {
  const PublicKey half = PrivateKey::generate(KeyKind::p256).value().public_key();
  CHECK(EVP_PKEY2PKCS8(half.handle()) == nullptr);
  forget_errors();
}

TEST_CASE("an Ed25519 key is also known by its 32 bytes") {
  const PublicKey key = PrivateKey::generate(KeyKind::ed25519).value().public_key();
  CHECK(key.ed25519().size() == 32);
  CHECK(PublicKey::from_ed25519(key.ed25519()).value().der() == key.der());
  CHECK(why(PublicKey::from_ed25519("short")) == "bad_input: an Ed25519 key has 32 bytes, not 5");
}

TEST_CASE("keys of other kinds and sizes are refused") {
  const std::string message = "bad_input: is not a key on P-256, P-384 or Ed25519, nor RSA of 3072 to 8192 bits";
  const Handle<EVP_PKEY> keys[] = {
      Handle<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048})),
      Handle<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-521")),
      Handle<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "secp256k1")),
      Handle<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519")),
      Handle<EVP_PKEY>(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448")),
  };
  for (const auto& key : keys) {
    CHECK(why(PrivateKey::from_pem(pkcs8(key.get()))) == message);
    CHECK(why(PublicKey::from_pem(spki(key.get()))) == message);
  }
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, "RSA-PSS", nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* made = nullptr;
  REQUIRE(EVP_PKEY_keygen_init(context.get()) == 1);
  REQUIRE(EVP_PKEY_CTX_ctrl_str(context.get(), "rsa_keygen_bits", "3072") == 1);
  REQUIRE(EVP_PKEY_keygen(context.get(), &made) == 1);
  const Handle<EVP_PKEY> pss(made);
  CHECK(why(PrivateKey::from_pem(pkcs8(pss.get()))) == message);
  CHECK(why(PublicKey::from_pem(spki(pss.get()))) == message);
}

TEST_CASE("a key has one encoding: explicit curves and compressed points are refused") {
  const auto explicit_curve = ec_key("P-256", "encoding", "explicit");
  CHECK_FALSE(PrivateKey::from_pem(pkcs8(explicit_curve.get())));
  CHECK_FALSE(PublicKey::from_pem(spki(explicit_curve.get())));
  const auto compressed = ec_key("P-256", "point-format", "compressed");
  CHECK_FALSE(PublicKey::from_pem(spki(compressed.get())));
  const auto usual = ec_key("P-256", nullptr, nullptr);
  CHECK(PublicKey::from_pem(spki(usual.get())));
}

TEST_CASE("a private key in another form is refused, with a hint") {
  const auto usual = ec_key("P-256", nullptr, nullptr);
  const auto hint = [](const std::string& pem) { return PrivateKey::from_pem(pem).error().hint; };
  CHECK(hint("-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n") ==
        "convert it with `openssl pkcs8 -topk8 -nocrypt`");
  CHECK_FALSE(PrivateKey::from_pem(spki(usual.get())));
  CHECK_FALSE(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  CHECK_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
}

TEST_CASE("bytes behind a key are refused") {
  const auto usual = ec_key("P-256", nullptr, nullptr);
  const std::string private_der = from_pem("PRIVATE KEY", pkcs8(usual.get())).value();
  CHECK_FALSE(PrivateKey::from_pem(to_pem("PRIVATE KEY", private_der + "x")));
  CHECK_FALSE(PublicKey::from_pem(to_pem("PUBLIC KEY", to_der(usual.get(), i2d_PUBKEY) + "x")));
}

TEST_CASE("a private key whose two halves do not match is refused") {
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384}) {
    const PrivateKey one = PrivateKey::generate(kind).value();
    const PrivateKey two = PrivateKey::generate(kind).value();
    const auto der = [](const PrivateKey& key) { return from_pem("PRIVATE KEY", key.pem().view()).value(); };
    const std::string mixed = edited(der(one), [&](Node& info) {
      Node inner = parse(info[2].content);
      Node other = parse(parse(der(two))[2].content);
      inner.children.back() = other.children.back();
      info[2].content = inner.der();
    });
    REQUIRE(mixed != der(one));
    CHECK(why(PrivateKey::from_pem(to_pem("PRIVATE KEY", mixed))) ==
          "bad_input: is not an unencrypted PKCS #8 private key");
  }
}

TEST_CASE("an RSA key whose private half is another key's is refused") {
  // RSAPrivateKey (RFC 8017 A.1.2): the modulus of one, the rest of the other.
  const auto der = [](const PrivateKey& key) { return from_pem("PRIVATE KEY", key.pem().view()).value(); };
  const PrivateKey other = PrivateKey::generate(KeyKind::rsa).value();
  const std::string mixed = edited(der(rsa_key()), [&](Node& info) {
    Node inner = parse(info[2].content);
    inner[1] = parse(parse(der(other))[2].content)[1];
    info[2].content = inner.der();
  });
  CHECK(why(PrivateKey::from_pem(to_pem("PRIVATE KEY", mixed))) ==
        "bad_input: is not an unencrypted PKCS #8 private key");
}

TEST_CASE("no refusal of a key tells what is in the file") {
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  std::string pem(key.pem().view());
  const std::string line = pem.substr(28, 64);
  pem[40] = '!';
  const auto read = PrivateKey::from_pem(pem);
  REQUIRE_FALSE(read);
  CHECK(read.error().message.find(line.substr(30, 8)) == std::string::npos);
}

TEST_CASE("a key under a passphrase is read with that passphrase and no other") {
  const Secret word("correct horse battery staple");
  for (const KeyKind kind : {KeyKind::p256, KeyKind::ed25519}) {
    const PrivateKey key = PrivateKey::generate(kind).value();
    const std::string pem = key.encrypted_pem(word);
    CHECK(is_encrypted_pem(pem));
    CHECK_FALSE(is_encrypted_pem(key.pem().view()));
    CHECK(pem != key.encrypted_pem(word));
    const auto again = PrivateKey::from_encrypted_pem(pem, word);
    REQUIRE_MESSAGE(again, why(again));
    CHECK(again->public_key() == key.public_key());
    const std::string wrong = "refused: the passphrase is wrong, or the file is damaged";
    CHECK(why(PrivateKey::from_encrypted_pem(pem, Secret("Correct horse battery staple"))) == wrong);
    CHECK(why(PrivateKey::from_encrypted_pem(pem, Secret())) == wrong);
    CHECK(why(PrivateKey::from_pem(pem)) ==
          "bad_input: is a private key under a passphrase, which cannot be used here");
  }
}

TEST_CASE("an encrypted key that is damaged is refused, wherever it is") {
  const Secret word("a passphrase");
  const std::string pem = PrivateKey::generate(KeyKind::p256).value().encrypted_pem(word);
  const std::string der = from_pem("ENCRYPTED PRIVATE KEY", pem).value();
  const auto rounds = der.find("\x02\x03\x09\x27\xC0");
  REQUIRE(rounds != std::string::npos);
  CHECK(der.find("\x04\x10") < rounds);  // a salt of 16 bytes before 600 000 rounds
  for (const std::size_t at : {std::size_t{0}, std::size_t{1}, std::size_t{20}, der.size() - 40, der.size() - 1}) {
    std::string bent = der;
    bent[at] = static_cast<char>(bent[at] ^ 0x11);
    CHECK_FALSE(PrivateKey::from_encrypted_pem(to_pem("ENCRYPTED PRIVATE KEY", bent), word));
  }
  CHECK_FALSE(PrivateKey::from_encrypted_pem(to_pem("ENCRYPTED PRIVATE KEY", der + "x"), word));
  CHECK_FALSE(PrivateKey::from_encrypted_pem(pem.substr(0, pem.size() / 2), word));
}

TEST_CASE("stock openssl's encrypted keys are read, but not those of its older schemes") {
  // openssl ecparam -name prime256v1 -genkey | openssl pkcs8 -topk8 -v2 aes-256-cbc -v2prf hmacWithSHA512 -passout
  // pass:word
  const auto modern = PrivateKey::from_encrypted_pem(
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
      "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAid6RHLkq3ZxgICCAAw\n"
      "DAYIKoZIhvcNAgsFADAdBglghkgBZQMEASoEEFvlRfPMyyf512urY0jMJkgEgZAE\n"
      "h22Z0ZNf8/KagAuawUsdi7OGhWqBDTbXjApBWi6YWkjl0l70pcjY/U91aBOretMj\n"
      "IzgGMsOOoQ7WYC5xJaReKqAos7EX0luvNOA3PGpUiEU3817Io3Y2meh7PtBzMjsX\n"
      "+s7qbdeUqPYqaVrDDVyJ2ToSIiy+GWlMLsn1ZIZQb9K9Pndq017tUBvZbYvLbpI=\n"
      "-----END ENCRYPTED PRIVATE KEY-----\n",
      Secret("word"));
  CHECK_MESSAGE(modern, why(modern));
  // The same with -v1 PBE-SHA1-3DES.
  CHECK(why(PrivateKey::from_encrypted_pem("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
                                           "MIGxMBwGCiqGSIb3DQEMAQMwDgQI9KfG2SY82kUCAggABIGQf+W2BeVEAsCMxm7v\n"
                                           "2wgvR0yhl3CEnsGvQGgU/yk1SXnbkVlh+gL4Poaav0dbQULGpSEkQyU4BO1ciOc5\n"
                                           "2Yd11S3jWOWL+jAwRnprNyfKr8Vp8dMrrvO7BWwZMulS+1Ybdkkp1ip5NUB3VMqR\n"
                                           "B/dChdtOVaG1wMn7t1kLnFFcL8XDuP3lsPyIC7Vhy2MZFAY3\n"
                                           "-----END ENCRYPTED PRIVATE KEY-----\n",
                                           Secret("word"))) ==
        "bad_input: is encrypted in a way that is not supported");
}

TEST_CASE("of PBES2, ciphers, digests and derivations that docs/reference/algorithms.md does not have are refused") {
  // openssl pkcs8 -topk8 -passout pass:word, with the options of each line.
  const std::pair<std::string_view, std::string_view> forms[] = {
      {"-v2 aes-128-cbc",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
       "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAi3o8WY/zJLhQICCAAw\n"
       "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEAQIEEOWuasdAuYj9vcpnJ9Bs0qoEgZD/\n"
       "bWyY3Z8eJsBdUEBV9fyNLh4/0pv3MBiyb2R/n/1yfQZtQnxV1KOSInyXjQQ0w6BN\n"
       "xkMS/mKSz3YYz9h2NbuYiJBXmz3RQWSVE3ZXenA+iTuh27mXuSi2BatLrY3ILYob\n"
       "Iuu0PiayXjJCUyix50AfctWqVis7JEk77bGVEf86BEpyp+ZkcjL7TFhNQpqPwzI=\n"
       "-----END ENCRYPTED PRIVATE KEY-----\n"},
      {"-v2 des3",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
       "MIHjME4GCSqGSIb3DQEFDTBBMCkGCSqGSIb3DQEFDDAcBAgXBW7sSAqfoQICCAAw\n"
       "DAYIKoZIhvcNAgkFADAUBggqhkiG9w0DBwQIuKIWvUTFo3kEgZCvIYXYTlD1ecI4\n"
       "u9eq+v7fvJQp+TAJ+Ku++yVXMztQB5o5IU1RgJb4oJxX5SAgwy/xn3tldv0DagLz\n"
       "TWkzkHks6fGxt3O3xlcVg2DWQj5KvAQLs2UsGSS+jRQzExj3ATigI74R/K0cqRoD\n"
       "AnpNKSv0lFZvNTOICMItCZXw7uqdYzTOIxjxYuvnJ411US6R0bo=\n"
       "-----END ENCRYPTED PRIVATE KEY-----\n"},
      {"-v2 aes-256-cbc -v2prf hmacWithSHA1",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
       "MIHeMEkGCSqGSIb3DQEFDTA8MBsGCSqGSIb3DQEFDDAOBAje1Hv0A9kLBAICCAAw\n"
       "HQYJYIZIAWUDBAEqBBBMnvbWXoWaKbZmrJS9COQwBIGQpHWSHMcjH/pOi/Q7gHhp\n"
       "c35J3MurpSKcnpNgeutaZvtcOldECEC8dLQHk90ei8zHvxjkMIKuEFCBxkM/0eMe\n"
       "sFysD73wf1xG8YmMrj4SEKp2/KpyEzJbAxMCol+zg8IkCdUhY+sC3lGM6eUSl/e7\n"
       "3WedU4zEvgW0tr8Sl7AK7XU3YKrrw9txVssoqYSBFec8\n"
       "-----END ENCRYPTED PRIVATE KEY-----\n"},
      {"-scrypt -v2 aes-256-cbc",
       "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
       "MIHkME8GCSqGSIb3DQEFDTBCMCEGCSsGAQQB2kcECzAUBAhNH4aUExWVIwICQAAC\n"
       "AQgCAQEwHQYJYIZIAWUDBAEqBBC2Tb/MNlVrep2liYKzIMxLBIGQu7tY6G5n1JuL\n"
       "BoaeJ5JFGkVblZHpvquXJX+5dByWLkdeTuEyCaIyVEACyoqX5ao5UO4RPD1YYBAV\n"
       "Ivs4aIPpx+9XUcqnNK5o+K/vxS0w3Ans52nxlCWeXjHl2UJdzzKCqBmPQgvM9EhI\n"
       "Mr1SGhxyGqG7g30rDPnFZJyVUecfEEql2XxSsGUBIeT6108OBPtf\n"
       "-----END ENCRYPTED PRIVATE KEY-----\n"},
  };
  for (const auto& form : forms) {
    CAPTURE(form.first);
    const auto read = PrivateKey::from_encrypted_pem(form.second, Secret("word"));
    REQUIRE_FALSE(read);
    CHECK(why(read) == "bad_input: is encrypted in a way that is not supported");
    CHECK(read.error().hint == "convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc`");
  }
}
