// Airlock and the stock openssl program read each other's objects, with the commands that docs/formats/cms.md names.
#include "core/text.hpp"
#include "crypto/pem.hpp"
#include "kit.hpp"
#include "temporary_directory.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string content = "line\n{\"a\": 1}\r\n";

/// A folder with a PKI as PEM files, and the stock program run in it.
class Desk {
 public:
  Desk() {
    write(folder_ / "root.crt", top.certificate.pem());
    write(folder_ / "authority.crt", middle.certificate.pem());
    write(folder_ / "content", content);
  }

  void keep(const std::string& name, const Identity& identity) const {
    write(folder_ / (name + ".crt"), identity.certificate.pem());
    write(folder_ / (name + ".key"), identity.key.pem().view());
  }
  void keep(const std::string& name, std::string_view bytes) const { write(folder_ / name, bytes); }
  [[nodiscard]] std::string read(const std::string& name) const { return test::read(folder_ / name); }
  [[nodiscard]] int openssl(const std::string& arguments) const {
    return run("cd " + folder_.path() + " && openssl " + arguments + " >log 2>&1");
  }

  Identity top = root();
  Identity middle = authority(top, {Role::site, Role::licence});
  std::vector<Certificate> chain{middle.certificate};
  TrustStore trust{Role::site, {top.certificate}};

 private:
  TemporaryDirectory folder_;
};

const std::string verify_options = "-CAfile root.crt -no-CApath -no-CAstore";

}  // namespace

TEST_CASE("stock openssl verifies what Airlock signed, in DER and PEM") {
  const Desk desk;
  for (const KeyKind kind : {KeyKind::p256, KeyKind::p384, KeyKind::rsa}) {
    const Identity site = leaf(desk.middle, Role::site, kind);
    const std::string der = sign(content, signer(site, desk.chain)).value();
    desk.keep("object.der", der);
    desk.keep("object.pem", to_pem(cms_label, der));
    for (const std::string form : {"DER -in object.der", "PEM -in object.pem"}) {
      CHECK(desk.openssl("cms -verify -binary -inform " + form + " " + verify_options + " -out out") == 0);
      CHECK(desk.read("out") == content);
      CHECK(desk.openssl("cms -verify -cades -binary -inform " + form + " " + verify_options + " -out out") == 0);
    }
    std::string altered = der;
    altered[altered.find("line")] = 'L';
    desk.keep("altered.der", altered);
    CHECK(desk.openssl("cms -verify -binary -inform DER -in altered.der " + verify_options + " -out out") != 0);
  }
}

TEST_CASE("stock openssl opens what Airlock sealed, and verifies what is inside") {
  const Desk desk;
  const Identity site = leaf(desk.middle, Role::site);
  std::vector<Certificate> to;
  for (const auto& [name, kind] : {std::pair{"p256", KeyKind::p256}, {"p384", KeyKind::p384}, {"rsa", KeyKind::rsa}}) {
    const Identity recipient = leaf(desk.top, Role::recipient, kind, name);
    desk.keep(name, recipient);
    to.push_back(recipient.certificate);
  }
  core::StringSink out(1 << 20);
  auto stream = seal(out, signer(site, desk.chain), to).value();
  REQUIRE(stream->write(content));
  REQUIRE(stream->finish());
  desk.keep("bundle.p7m", out.bytes());
  for (const std::string name : {"p256", "p384", "rsa"}) {
    CHECK(desk.openssl("cms -decrypt -binary -inform DER -in bundle.p7m -recip " + name + ".crt -inkey " + name +
                       ".key -out inner") == 0);
    CHECK(desk.openssl("cms -verify -binary -inform DER -in inner " + verify_options + " -out out") == 0);
    CHECK(desk.read("out") == content);
  }
  CHECK(desk.openssl("cms -cmsout -print -noout -inform DER -in bundle.p7m") == 0);
  CHECK(desk.read("log").find("id-smime-ct-authEnvelopedData") != std::string::npos);
}

TEST_CASE("Airlock verifies what stock openssl signed with the profile's options") {
  const Desk desk;
  const std::string pss = " -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:32 -keyopt rsa_mgf1_md:sha256";
  for (const auto& [kind, digest, options] : {std::tuple{KeyKind::p256, "sha256", std::string()},
                                              {KeyKind::p384, "sha384", std::string()},
                                              {KeyKind::rsa, "sha256", pss}}) {
    desk.keep("signer", leaf(desk.middle, Role::site, kind));
    const std::string command = std::string("cms -sign -binary -nodetach -nosmimecap -cades -md ") + digest +
                                " -in content -signer signer.crt -inkey signer.key" + options +
                                " -certfile authority.crt -out object -outform ";
    REQUIRE(desk.openssl(command + "DER") == 0);
    CHECK(content_of(desk.read("object"), desk.trust).value() == content);
    REQUIRE(desk.openssl(command + "PEM") == 0);
    CHECK(content_of(from_pem(cms_label, desk.read("object")).value(), desk.trust).value() == content);
  }
  desk.keep("signer", leaf(desk.middle, Role::site));
  REQUIRE(
      desk.openssl("cms -sign -binary -stream -nodetach -nosmimecap -cades -md sha256 -in content -signer signer.crt "
                   "-inkey signer.key -certfile authority.crt -out object -outform DER") == 0);
  CHECK(content_of(desk.read("object"), desk.trust).value() == content);
}

TEST_CASE("Airlock opens what stock openssl sealed with the profile's options") {
  const Desk desk;
  const Identity p256 = leaf(desk.top, Role::recipient, KeyKind::p256, "p256");
  const Identity p384 = leaf(desk.top, Role::recipient, KeyKind::p384, "p384");
  const Identity rsa = leaf(desk.top, Role::recipient, KeyKind::rsa, "rsa");
  desk.keep("p256", p256);
  desk.keep("p384", p384);
  desk.keep("rsa", rsa);
  for (const std::string stream : {"", "-stream "}) {
    REQUIRE(desk.openssl("cms -encrypt -binary " + stream +
                         "-aes-256-gcm -in content -outform DER -out object -recip p256.crt -keyopt ecdh_kdf_md:sha256 "
                         "-recip p384.crt -keyopt ecdh_kdf_md:sha384 -recip rsa.crt -keyopt rsa_padding_mode:oaep "
                         "-keyopt rsa_oaep_md:sha256 -keyopt rsa_mgf1_md:sha256") == 0);
    for (const Identity* recipient : {&p256, &p384, &rsa}) {
      CHECK(opened(desk.read("object"), *recipient).value() == content);
    }
  }
}

TEST_CASE("stock openssl verifies what a site with a self-signed certificate signed") {
  const Desk desk;
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const CertificateTemplate wanted{.common_name = "site",
                                   .roles = {Role::site},
                                   .not_before = from,
                                   .not_after = until,
                                   .uuid = "5b0c1d2e-0000-4000-8000-00000000000a"};
  const Certificate certificate = self_sign(wanted, key).value();
  const Identity site{std::move(key), certificate};
  desk.keep("site", site);
  desk.keep("object", sign(content, signer(site)).value());
  CHECK(desk.openssl("cms -verify -binary -inform DER -in object -CAfile site.crt -no-CApath -no-CAstore -out out") ==
        0);
  CHECK(desk.read("out") == content);
  CHECK(content_of(desk.read("object"), TrustStore::exactly(Role::site, {certificate})).value() == content);
}

TEST_CASE("stock openssl agrees on chains, fingerprints and keys") {
  const Desk desk;
  const Identity site = leaf(desk.middle, Role::site);
  desk.keep("site", site);
  CHECK(desk.openssl("verify -x509_strict -purpose smimesign -CAfile root.crt -no-CApath -no-CAstore -untrusted "
                     "authority.crt site.crt") == 0);
  REQUIRE(desk.openssl("x509 -in site.crt -noout -fingerprint -sha256") == 0);
  std::string fingerprint;
  for (const char c : desk.read("log")) {
    if (c != ':' && c != '\n') fingerprint += c;
  }
  CHECK(core::to_lower(fingerprint) == "sha256 fingerprint=" + site.certificate.fingerprint().hex());
  REQUIRE(desk.openssl("pkey -in site.key -pubout -outform DER -out site.spki") == 0);
  CHECK(desk.read("site.spki") == site.certificate.key().der());
  for (const std::string algorithm : {"EC -pkeyopt ec_paramgen_curve:P-256", "EC -pkeyopt ec_paramgen_curve:P-384",
                                      "RSA -pkeyopt rsa_keygen_bits:3072", "ED25519"}) {
    REQUIRE(desk.openssl("genpkey -algorithm " + algorithm + " -out new.key") == 0);
    CHECK(PrivateKey::from_pem(desk.read("new.key")));
  }
}
