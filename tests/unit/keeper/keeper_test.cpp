#include "keeper/keeper.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "crypto/delegate.hpp"
#include "keeper/passphrase.hpp"
#include "sys/file.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using keeper::Token;

namespace {

template <typename T>
std::string reason(const core::Result<T>& result) {
  return result ? "fine" : result.error().message;
}

const std::string module_path = "/usr/lib/softhsm/libsofthsm2.so";

/// A descriptor from which a secret can be read.
int secret_descriptor(const std::string& text) {
  int ends[2] = {-1, -1};
  REQUIRE(::pipe(ends) == 0);
  REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  ::close(ends[1]);
  return ends[0];
}

std::string key_at(const std::string& directory, const std::string& content) {
  const std::string path = directory + "/site.key";
  REQUIRE(sys::replace_file(path, content, sys::private_file));
  return path;
}

}  // namespace

TEST_CASE("a token's URI names token and key, and holds no PIN and nothing that has no use") {
  const auto judged = [](const std::string& uri) { return reason(keeper::check(Token{uri, module_path})); };
  for (const char* sound : {"pkcs11:token=site;object=signing", "pkcs11:token=The%20token;id=%0a;type=private",
                            "pkcs11:serial=0af3;manufacturer=X;model=Y;object=a"}) {
    CHECK(judged(sound) == "fine");
  }
  CHECK(judged("pkcs11:token=site;object=signing?pin-value=1234") == "the URI of the key holds a PIN");
  CHECK(judged("pkcs11:token=site;object=signing;pin-value=1234") == "the URI of the key holds a PIN");
  CHECK(judged("pkcs11:token=site;object=signing?PIN-Value=1234") == "the URI of the key holds a PIN");
  CHECK(judged("pkcs11:token=site;object=a?pin-source=file:/etc/pin") ==
        "the URI of the key must not have a part behind `?`");
  CHECK(judged("pkcs11:token=site;object=a?module-path=/tmp/x.so") ==
        "the URI of the key must not have a part behind `?`");
  CHECK(judged("pkcs11:token=site") == "the URI of the key must name the key by `object` or `id`");
  CHECK(judged("pkcs11:object=a") == "the URI of the key must name the token by `token` or `serial`");
  CHECK(judged("pkcs11:token=site;object=a;type=public") == "the URI of the key must be of `type=private`");
  CHECK(judged("pkcs11:token=site;token=b;object=a") == "the URI of the key has `token` twice");
  CHECK(judged("pkcs11:token=site;object=a;slot-id=1") ==
        "the URI of the key has the attribute `slot-id`, which has no use here");
  CHECK(judged("pkcs11:token=si te;object=a") == "the URI of the key is not one of RFC 7512: `token=si te`");
  CHECK(judged("pkcs11:token=%4;object=a") == "the URI of the key is not one of RFC 7512: `token=%4`");
  CHECK(judged("file:/x") == "the URI of the key must begin with `pkcs11:`");
  CHECK(reason(keeper::check(Token{"pkcs11:token=site;object=a", "libmaker.so"})) ==
        "the PKCS #11 module must be an absolute path");
}

TEST_CASE("a key file is a bare key, one under a passphrase, or the word that it is in a token") {
  const test::TemporaryDirectory folder;
  const Token token{"pkcs11:token=site;object=signing", module_path};
  const std::string path = key_at(folder.path(), keeper::to_document(token));
  const auto file = keeper::read_key_file(path);
  REQUIRE(file);
  CHECK(file->kept == keeper::Kept::in_token);
  CHECK(file->token.uri == token.uri);
  CHECK(file->token.module == token.module);
  CHECK_FALSE(keeper::whole_key(path, "site"));
  key_at(folder.path(),
         "{\"format\": \"airlock-token-key/1\", \"uri\": \"pkcs11:token=a;object=b\", \"module\": \"/m\", \"pin\": "
         "\"1\"}");
  CHECK_FALSE(keeper::read_key_file(path));
  key_at(folder.path(),
         "{\"format\": \"airlock-token-key/1\", \"uri\": \"pkcs11:token=a;object=b?pin-value=1\", \"module\": \"/m\"}");
  CHECK(reason(keeper::read_key_file(path)).find("holds a PIN") != std::string::npos);
}

TEST_CASE("a key under a passphrase signs through its keeper, with the right passphrase only") {
  const test::TemporaryDirectory folder;
  const auto key = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  const std::string path = key_at(folder.path(), key.encrypted_pem(crypto::Secret("word")));
  const std::string digest(32, 'd');

  keeper::access().passphrase_fd = secret_descriptor("wrong\n");
  const std::string wrong = "the key `wrong`: the passphrase is wrong, or the file is damaged";
  CHECK(reason(keeper::signing_key(path, "wrong", key.public_key())) == wrong);
  // It stays wrong: a token would count.
  keeper::access().passphrase_fd = secret_descriptor("word\n");
  CHECK(reason(keeper::signing_key(path, "wrong", key.public_key())) == wrong);

  const auto other = crypto::PrivateKey::generate(crypto::KeyKind::p256).value();
  CHECK(reason(keeper::signing_key(path, "other", other.public_key())).find("does not belong") != std::string::npos);

  keeper::access().passphrase_fd = secret_descriptor("word\nmore");
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
    keeper::access().passphrase_fd = secret_descriptor("word\n");
    const auto kept = keeper::signing_key(path, name, key.public_key());
    REQUIRE_MESSAGE(kept, reason(kept));
    REQUIRE(::write(keeper::descriptors(name)[1], rude.data(), rude.size()) == static_cast<ssize_t>(rude.size()));
    CHECK_FALSE(crypto::sign_digest(*kept, digest));
    CHECK_FALSE(crypto::sign_digest(*kept, digest));
  }
}

TEST_CASE("a secret that is nowhere is an error that names the ways; an empty or over-long one is refused") {
  keeper::access().passphrase_fd = secret_descriptor("");
  CHECK_FALSE(keeper::secret_for("site", keeper::Asked::passphrase));
  keeper::access().passphrase_fd = secret_descriptor(std::string(2000, 'x'));
  CHECK_FALSE(keeper::secret_for("site", keeper::Asked::passphrase));
  keeper::access().passphrase_fd = secret_descriptor("one\ntwo\n");
  CHECK(keeper::secret_for("site", keeper::Asked::passphrase).value().view() == "one");
  CHECK(keeper::secret_for("site", keeper::Asked::new_passphrase).value().view() == "two");
  keeper::access().passphrase_fd = -1;
  const test::TemporaryDirectory folder;
  keeper::access().credentials = folder.path();
  REQUIRE(sys::create_file(std::string(folder.path()) + "/airlock-site", "from systemd\n", sys::private_file));
  CHECK(keeper::secret_for("site", keeper::Asked::pin).value().view() == "from systemd");
  keeper::access().credentials.clear();
}
