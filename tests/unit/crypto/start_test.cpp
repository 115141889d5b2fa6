#include <openssl/err.h>

#include <filesystem>

#include "crypto/inventory.hpp"
#include "crypto/note.hpp"
#include "crypto/openssl.hpp"

#include "kit.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::test;

TEST_CASE("no configuration from the environment changes what is signed, verified, sealed and opened") {
  // A configuration after which stock openssl finds no algorithm at all: the trap works.
  const TemporaryDirectory folder;
  write(folder / "openssl.cnf",
        "openssl_conf = start\n[start]\nalg_section = algorithms\nproviders = providers\n"
        "[algorithms]\ndefault_properties = fips=yes\n"
        "[providers]\nlegacy = legacy\n[legacy]\nactivate = 1\n");
  const std::string environment =
      "OPENSSL_CONF=" + (folder / "openssl.cnf") + " OPENSSL_MODULES=" + folder.path() + " ";
  const std::string quiet = " >" + (folder / "log") + " 2>&1";
  write(folder / "file", "content");
  REQUIRE(run("openssl dgst -sha256 " + (folder / "file") + quiet) == 0);
  REQUIRE(run(environment + "openssl dgst -sha256 " + (folder / "file") + quiet) != 0);

  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  for (const std::string tests : {"every kind of signing key signs*", "every kind of signer seals", "SHA-256 gives*",
                                  "HMAC-SHA-256 gives*", "the OpenSSL that is installed opens*"}) {
    CAPTURE(tests);
    CHECK(run(environment + self + " --test-case='" + tests + "'" + quiet) == 0);
    CHECK(read(folder / "log").find("1 passed | 0 failed") != std::string::npos);
  }
}

TEST_CASE("nothing that succeeds or fails leaves an error in OpenSSL's queue for somebody else to find") {
  const auto clean = [](const char* what) { CHECK_MESSAGE(ERR_peek_error() == 0, what); };
  ERR_clear_error();
  const Identity top = root();
  const Identity other = root("other");
  const Identity site = leaf(top, Role::site);
  const Identity vendor = leaf(top, Role::recipient);
  const Identity rsa = leaf(top, Role::recipient, KeyKind::rsa);
  clean("making keys and certificates");
  CHECK_FALSE(Certificate::from_der("nonsense"));
  CHECK_FALSE(Certificate::from_der(top.certificate.der() + "x"));
  clean("a malformed certificate");
  CHECK_FALSE(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  CHECK_FALSE(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"));
  clean("a malformed key");
  CHECK_FALSE(site.certificate.is_self_signed());
  CHECK_FALSE(site.certificate.uuid());
  clean("questions to a certificate");

  std::string object = sign("content", signer(site)).value();
  clean("signing");
  CHECK(content_of(object, TrustStore(Role::site, {top.certificate})));
  clean("verifying");
  CHECK_FALSE(content_of(object, TrustStore(Role::site, {other.certificate})));
  clean("a chain that fails");
  object[object.find("content")] = 'C';
  CHECK_FALSE(content_of(object, TrustStore(Role::site, {top.certificate})));
  clean("a signature that fails");

  const std::vector<Certificate> to{vendor.certificate, rsa.certificate};
  std::string envelope = sealed("content", site, to);
  clean("sealing");
  CHECK(opened(envelope, vendor));
  CHECK(opened(envelope, rsa));
  clean("opening");
  envelope.at(envelope.size() - 10) ^= 1;
  CHECK_FALSE(opened(envelope, vendor));
  CHECK_FALSE(opened(envelope, rsa));
  CHECK_FALSE(opened(envelope, leaf(top, Role::recipient)));
  clean("a tag that fails");

  const PrivateKey key = PrivateKey::generate(KeyKind::ed25519).value();
  const std::string note = sign_note("text\n", "name", key).value();
  CHECK_FALSE(verify_note("another " + note, NoteVerifier("name", key.public_key())));
  clean("a note that fails");
}

TEST_CASE("the provider in use is OpenSSL's default one") {
  CHECK(inventory().provider.starts_with("OpenSSL Default Provider 3."));
}
