#include "crypto/digest_signature.hpp"

#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("only digests of the key's own size are signed, and none by an Ed25519 key") {
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  for (const std::size_t size : {0U, 1U, 20U, 31U, 33U, 48U, 64U}) {
    CHECK(why(sign_digest(key, std::string(size, 'x'))) == "bad_input: is not a digest that this key signs");
  }
  const std::string digest(32, 'x');
  const std::string signature = sign_digest(key, digest).value();
  CHECK(is_signature_of_digest(key.public_key(), digest, signature));
  CHECK_FALSE(is_signature_of_digest(key.public_key(), std::string(32, 'y'), signature));
  const PrivateKey edwards = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(digest_bytes(KeyKind::ed25519) == 0);
  CHECK_FALSE(sign_digest(edwards, digest));
}
