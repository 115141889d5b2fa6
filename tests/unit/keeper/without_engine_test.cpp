// For builds without the option `engine`.
#include "keeper/keeper.hpp"
#include "keeper/passphrase.hpp"
#include "support.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("without `engine` keys under a passphrase and in tokens are refused before a secret is asked for") {
  const std::string none = "this build of Airlock supports neither keys under a passphrase nor keys in tokens";
  const test::TemporaryDirectory folder;
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const std::string path = key_at(folder.path(), key.encrypted_pem(crypto::Secret("word")));
  keeper::secret_sources().passphrase_fd = 99;  // reading it would be another error
  CHECK(reason(keeper::signing_key(path, "site", key.public_key())) == none);
  CHECK(reason(keeper::token_key({"pkcs11:token=site;object=a", module_path}, "site")) == none);
  CHECK(reason(keeper::under_new_passphrase(key, "site")) == none);
  key_at(folder.path(), std::string(key.pem().view()));
  CHECK(reason(keeper::signing_key(path, "site", key.public_key())) == "fine");
}
