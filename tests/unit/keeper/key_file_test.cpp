#include "keeper/key_file.hpp"

#include "keeper/keeper.hpp"
#include "support.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("a token's URI names token and key, and holds no PIN and nothing that has no use") {
  const auto judged = [](const std::string& uri) { return reason(keeper::check(keeper::TokenKey{uri, module_path})); };
  for (const char* sound : {"pkcs11:token=site;object=signing", "pkcs11:token=The%20token;id=%0a;type=private",
                            "pkcs11:serial=0af3;manufacturer=X;model=Y;object=a"}) {
    CHECK(judged(sound) == "fine");
  }
  CHECK(judged("pkcs11:token=site;object=signing?pin-value=1234") == "the URI of the key contains a PIN");
  CHECK(judged("pkcs11:token=site;object=signing;pin-value=1234") == "the URI of the key contains a PIN");
  CHECK(judged("pkcs11:token=site;object=signing?PIN-Value=1234") == "the URI of the key contains a PIN");
  CHECK(judged("pkcs11:token=site;object=a?pin-source=file:/etc/pin") ==
        "the URI of the key must not have a query part (`?…`)");
  CHECK(judged("pkcs11:token=site;object=a?module-path=/tmp/x.so") ==
        "the URI of the key must not have a query part (`?…`)");
  CHECK(judged("pkcs11:token=site") == "the URI of the key must name the key by `object` or `id`");
  CHECK(judged("pkcs11:object=a") == "the URI of the key must name the token by `token` or `serial`");
  CHECK(judged("pkcs11:token=site;object=a;type=public") == "the URI of the key must be of `type=private`");
  CHECK(judged("pkcs11:token=site;token=b;object=a") == "the URI of the key has `token` twice");
  CHECK(judged("pkcs11:token=site;object=a;slot-id=1") ==
        "the URI of the key has the attribute `slot-id`, which Airlock does not use");
  CHECK(judged("pkcs11:token=si te;object=a") ==
        "the URI of the key has a part that RFC 7512 does not allow: `token=si te`");
  CHECK(judged("pkcs11:token=%4;object=a") == "the URI of the key has a part that RFC 7512 does not allow: `token=%4`");
  CHECK(judged("file:/x") == "the URI of the key must begin with `pkcs11:`");
  CHECK(reason(keeper::check(keeper::TokenKey{"pkcs11:token=site;object=a", "libmaker.so"})) ==
        "the PKCS #11 module must be an absolute path");
}

TEST_CASE("a key file is a bare key, one under a passphrase, or the word that it is in a token") {
  const test::TemporaryDirectory folder;
  const keeper::TokenKey token{"pkcs11:token=site;object=signing", module_path};
  const std::string path = key_at(folder.path(), keeper::to_document(token));
  const auto file = keeper::read_key_file(path);
  REQUIRE(file);
  CHECK(file->kept == keeper::KeyProtection::in_token);
  CHECK(file->token.uri == token.uri);
  CHECK(file->token.module == token.module);
  CHECK_FALSE(keeper::whole_key(path, "site"));
  key_at(folder.path(),
         "{\"format\": \"airlock-token-key/1\", \"uri\": \"pkcs11:token=a;object=b\", \"module\": \"/m\", \"pin\": "
         "\"1\"}");
  CHECK_FALSE(keeper::read_key_file(path));
  key_at(folder.path(),
         "{\"format\": \"airlock-token-key/1\", \"uri\": \"pkcs11:token=a;object=b?pin-value=1\", \"module\": \"/m\"}");
  CHECK(reason(keeper::read_key_file(path)).find("contains a PIN") != std::string::npos);
}
