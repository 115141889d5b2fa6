// The Wycheproof vectors for the signature algorithms in use, all of them, accepted and refused as published.
#include <openssl/evp.h>

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "core/encoding.hpp"
#include "core/json.hpp"
#include "crypto/digest_signature.hpp"
#include "crypto/signature.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

struct Vectors {
  const char* file;
  KeyKind kind;
  std::size_t tests;
};

std::string bytes_of(const core::Json& test, const char* member) {
  return core::from_hex(test.at(member).get<std::string>()).value();
}

std::string digest_for(KeyKind kind, const std::string& message) {
  std::string digest(64, '\0');
  std::size_t size = digest.size();
  REQUIRE(EVP_Q_digest(nullptr, kind == KeyKind::p384 ? "SHA384" : "SHA256", nullptr, message.data(), message.size(),
                       reinterpret_cast<unsigned char*>(digest.data()), &size) == 1);
  digest.resize(size);
  return digest;
}

void run_all(const Vectors& vectors) {
  const std::string path = std::string(AIRLOCK_TEST_KIT) + "/foreign/wycheproof/" + vectors.file;
  const core::Json document = core::Json::parse(read(path));
  std::map<std::string, std::size_t> counts;
  for (const core::Json& group : document.at("testGroups")) {
    std::string pem = group.at("publicKeyPem").get<std::string>();
    if (!pem.ends_with('\n')) pem += '\n';
    const auto key = PublicKey::from_pem(pem);
    REQUIRE_MESSAGE(key, why(key));
    REQUIRE(key->kind() == vectors.kind);
    for (const core::Json& test : group.at("tests")) {
      const std::string result = test.at("result").get<std::string>();
      CAPTURE(test.at("tcId").get<int>());
      CAPTURE(test.at("comment").get<std::string>());
      REQUIRE((result == "valid" || result == "invalid"));
      const std::string message = bytes_of(test, "msg");
      const std::string signature = bytes_of(test, "sig");
      CHECK(is_signature(*key, message, signature) == (result == "valid"));
      // As a keeper's answer is verified, by the digest that it got.
      if (vectors.kind != KeyKind::ed25519) {
        CHECK(is_signature_of_digest(*key, digest_for(vectors.kind, message), signature) == (result == "valid"));
      }
      ++counts[result];
    }
  }
  CHECK(counts["valid"] + counts["invalid"] == vectors.tests);
  CHECK(document.at("numberOfTests").get<std::size_t>() == vectors.tests);
  std::printf("counted: %zu valid and %zu invalid signatures of %s\n", counts["valid"], counts["invalid"],
              vectors.file);
}

}  // namespace

TEST_CASE("Wycheproof: ECDSA on P-256 with SHA-256") {
  run_all({"ecdsa_secp256r1_sha256_test.json", KeyKind::p256, 484});
}
TEST_CASE("Wycheproof: ECDSA on P-384 with SHA-384") {
  run_all({"ecdsa_secp384r1_sha384_test.json", KeyKind::p384, 504});
}
TEST_CASE("Wycheproof: RSASSA-PSS of 3072 bits with SHA-256 and a salt of 32 bytes") {
  run_all({"rsa_pss_3072_sha256_mgf1_32_test.json", KeyKind::rsa, 108});
}
TEST_CASE("Wycheproof: Ed25519") { run_all({"ed25519_test.json", KeyKind::ed25519, 151}); }
