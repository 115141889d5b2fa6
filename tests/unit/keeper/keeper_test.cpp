#include "keeper/keeper.hpp"
#include "keeper/person_key.hpp"

#include <cstdint>

#include "crypto/digest_signature.hpp"
#include "keeper/passphrase.hpp"
#include "support.hpp"
#include "sys/write_file.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("a key under a passphrase signs through its keeper, with the right passphrase only") {
  const test::TemporaryDirectory folder;
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const std::string path = key_at(folder.path(), key.encrypted_pem(crypto::Secret("word")));
  const std::string digest(32, 'd');

  keeper::secret_sources().passphrase_fd = secret_descriptor("wrong\n");
  const std::string wrong = "the key `wrong`: the passphrase is wrong, or the file is damaged";
  CHECK(reason(keeper::signing_key(path, "wrong", key.public_key())) == wrong);
  // It stays wrong: a token would count.
  keeper::secret_sources().passphrase_fd = secret_descriptor("word\n");
  CHECK(reason(keeper::signing_key(path, "wrong", key.public_key())) == wrong);

  const auto other = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  CHECK(reason(keeper::signing_key(path, "other", other.public_key())).find("does not belong") != std::string::npos);

  keeper::secret_sources().passphrase_fd = secret_descriptor("word\nmore");
  const auto kept = keeper::signing_key(path, "right", key.public_key());
  REQUIRE_MESSAGE(kept, reason(kept));
  CHECK(keeper::descriptors("right").size() == 2);
  for (int i = 0; i < 100; ++i) {
    CHECK(crypto::is_signature_of_digest(key.public_key(), digest, crypto::sign_digest(*kept, digest).value()));
  }
  CHECK(keeper::signing_key(path, "right", key.public_key()));  // asks nobody again
}

TEST_CASE("a keeper that is told anything but a digest of the right size ends") {
  const test::TemporaryDirectory folder;
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const std::string path = key_at(folder.path(), key.encrypted_pem(crypto::Secret("word")));
  const std::string digest(32, 'd');
  for (const std::string& rude : {std::string("S\0\x30", 3) + std::string(48, 'd'), std::string("D\0\x20", 3) + digest,
                                  std::string("S\x01\x20", 3) + digest, std::string("S\0\0", 3)}) {
    const std::string name = "rude" + std::to_string(rude.size()) + rude[0] + std::to_string(int{rude[1]});
    keeper::secret_sources().passphrase_fd = secret_descriptor("word\n");
    const auto kept = keeper::signing_key(path, name, key.public_key());
    REQUIRE_MESSAGE(kept, reason(kept));
    REQUIRE(::write(keeper::descriptors(name)[1], rude.data(), rude.size()) == static_cast<ssize_t>(rude.size()));
    CHECK_FALSE(crypto::sign_digest(*kept, digest));
    CHECK_FALSE(crypto::sign_digest(*kept, digest));
  }
}

TEST_CASE("a person's key is a file, or a token's key that comes with its module") {
  const crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const auto missing = keeper::key_of_person({.key = "pkcs11:token=a;object=b", .module = {}}, key.public_key());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == core::Code::usage);
  CHECK(missing.error().hint.find("--module") != std::string::npos);
  CHECK(keeper::key_of_person({.key = "/nowhere", .module = {}}, key.public_key()).error().code ==
        core::Code::bad_input);
}
