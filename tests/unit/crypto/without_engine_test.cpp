// For builds without the option `engine`.
#include "crypto/delegate.hpp"
#include "crypto/token.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("without `engine` every way to a key that is kept elsewhere ends in the same error, and bare keys sign") {
  const std::string none = "refused: this build of Airlock supports neither keys under a passphrase nor keys in tokens";
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  CHECK(why(delegation_is_built()) == none);
  CHECK(why(delegated_key(key.public_key(), [](std::string_view) { return Result<std::string>(""); })) == none);
  CHECK(why(load_token_key("pkcs11:token=a;object=b", "/module.so", Secret("1234"))) == none);
  const Identity site = leaf(root(), Role::site);
  CHECK(sign("content", signer(site)));
}
