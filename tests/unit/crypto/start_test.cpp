#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include <cctype>
#include <filesystem>
#include <set>

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
  for (const std::string tests :
       {"every kind of signing key signs*", "every kind of signer seals", "SHA-256 gives*", "HMAC-SHA-256 gives*",
        "SipHash-2-4 gives*", "the OpenSSL that is installed opens*"}) {
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

TEST_CASE("no kind of key but those that are accepted has a parser here, and no other algorithm is there") {
  using Names = std::set<std::string>;
  const auto add = [](const char* name, void* names) {
    if (std::isdigit(*name) == 0) static_cast<Names*>(names)->insert(name);  // and not its OID
  };
  static void (*const collect)(const char*, void*) = add;
  Names decoders;
  OSSL_DECODER_do_all_provided(
      library(), [](OSSL_DECODER* one, void* names) { OSSL_DECODER_names_do_all(one, collect, names); }, &decoders);
  Names types;
  EVP_KEYMGMT_do_all_provided(
      library(), [](EVP_KEYMGMT* one, void* names) { EVP_KEYMGMT_names_do_all(one, collect, names); }, &types);
  const Names accepted{"EC", "ED25519", "RSA", "id-ecPublicKey", "rsaEncryption"};
  CHECK(decoders == accepted);
  CHECK(types == accepted);
  // Nor is there a cipher, digest or signature that is not used.
  const auto cipher = [](const char* name) {
    EVP_CIPHER* const found = EVP_CIPHER_fetch(library(), name, nullptr);
    EVP_CIPHER_free(found);
    return found != nullptr;
  };
  CHECK(cipher("AES-256-GCM"));
  for (const char* name : {"AES-128-GCM", "AES-128-CBC", "DES-EDE3-CBC", "ChaCha20", "NULL"}) CHECK_FALSE(cipher(name));
  CHECK_FALSE(EVP_MD_fetch(library(), "MD5", nullptr));
  CHECK_FALSE(EVP_MD_fetch(library(), "RIPEMD160", nullptr));
  CHECK_FALSE(EVP_SIGNATURE_fetch(library(), "DSA", nullptr));
  CHECK_FALSE(EVP_SIGNATURE_fetch(library(), "SM2", nullptr));
  forget_errors();
  CHECK(inventory().provider.starts_with("OpenSSL Default Provider 3."));
}
