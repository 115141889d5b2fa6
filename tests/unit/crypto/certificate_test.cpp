#include "crypto/certificate.hpp"
#include "core/text.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <set>

#include "crypto/pem.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

constexpr Role roles[] = {Role::licence, Role::kit, Role::receipt, Role::site, Role::officer, Role::recipient};

CertificateTemplate site_template() {
  return {.common_name = "Example Bank, Leeds",
          .roles = {Role::site},
          .not_before = time("2026-11-01T00:00:01Z"),
          .not_after = time("2036-11-01T23:59:59Z"),
          .uuid = "5B0C1D2E-0000-4000-8000-00000000000a"};
}

std::uint32_t usage(const Certificate& certificate) { return X509_get_key_usage(certificate.handle()); }
bool critical(const Certificate& certificate, int extension) {
  const int at = X509_get_ext_by_NID(certificate.handle(), extension, -1);
  REQUIRE(at >= 0);
  return X509_EXTENSION_get_critical(X509_get_ext(certificate.handle(), at)) == 1;
}

}  // namespace

TEST_CASE("each role has its own name and object identifier") {
  std::set<std::string_view> names;
  std::set<std::string_view> oids;
  for (const Role role : roles) {
    CHECK(oid(role).starts_with("2.25."));
    names.insert(name(role));
    oids.insert(oid(role));
  }
  CHECK(names == std::set<std::string_view>{"kit", "licence", "officer", "receipt", "recipient", "site"});
  CHECK(oids.size() == 6);
}

TEST_CASE("a certificate holds what its template says, exactly") {
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const Certificate certificate = self_sign(site_template(), key).value();
  CHECK(certificate.subject() == "CN=Example Bank\\, Leeds");
  CHECK(certificate.not_before().text() == "2026-11-01T00:00:01Z");
  CHECK(certificate.not_after().text() == "2036-11-01T23:59:59Z");
  CHECK(certificate.uuid() == "5b0c1d2e-0000-4000-8000-00000000000a");
  CHECK(certificate.key().der() == key.public_key().der());
  CHECK(certificate.is_self_signed());
  CHECK_FALSE(certificate.is_ca());
  for (const Role role : roles) CHECK(certificate.has_role(role) == (role == Role::site));
  CHECK(certificate.fingerprint() == sha256(certificate.der()));
}

TEST_CASE("validity may begin before 1950 nowhere, and end after 2049") {
  CertificateTemplate content = site_template();
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  content.not_after = time("9999-12-31T23:59:59Z");
  CHECK(self_sign(content, key).value().not_after() == content.not_after);
  content.not_before = time("1949-12-31T23:59:59Z");
  CHECK_FALSE(self_sign(content, key));
}

TEST_CASE("key usage fits the role and the key") {
  const Identity top = root();
  CHECK(usage(top.certificate) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  CHECK(usage(authority(top, {Role::kit}).certificate) == (KU_KEY_CERT_SIGN | KU_CRL_SIGN));
  for (const Role role : roles) {
    const Certificate ec = leaf(top, role).certificate;
    const Certificate rsa = leaf(top, role, KeyKind::rsa).certificate;
    const bool receives = role == Role::recipient;
    CHECK(usage(ec) == (receives ? KU_KEY_AGREEMENT : KU_DIGITAL_SIGNATURE));
    CHECK(usage(rsa) == (receives ? KU_KEY_ENCIPHERMENT : KU_DIGITAL_SIGNATURE));
    CHECK(ec.may_receive() == receives);
    CHECK(rsa.may_receive() == receives);
    CHECK(ec.may_sign() != receives);
  }
  CHECK_FALSE(top.certificate.may_sign());
}

TEST_CASE("constraints and usage are critical, and serial numbers are random, positive and 16 bytes long") {
  const Identity top = root();
  const Certificate one = leaf(top, Role::kit).certificate;
  const Certificate two = leaf(top, Role::kit).certificate;
  CHECK(critical(one, NID_basic_constraints));
  CHECK(critical(one, NID_key_usage));
  CHECK_FALSE(critical(one, NID_ext_key_usage));
  for (const auto& certificate : {top.certificate, one, two}) {
    const ASN1_INTEGER* const serial = X509_get0_serialNumber(certificate.handle());
    CHECK(ASN1_STRING_length(serial) == 16);
    CHECK(ASN1_STRING_type(serial) == V_ASN1_INTEGER);
  }
  CHECK(ASN1_INTEGER_cmp(X509_get0_serialNumber(one.handle()), X509_get0_serialNumber(two.handle())) != 0);
}

TEST_CASE("every certificate but a root carries emailProtection beside its roles") {
  const Identity top = root();
  CHECK(top.certificate.has_no_usage());
  for (const auto& certificate :
       {authority(top, {Role::kit, Role::licence}).certificate, leaf(top, Role::kit).certificate}) {
    CHECK((X509_get_extended_key_usage(certificate.handle()) & XKU_SMIME) != 0);
    CHECK(certificate.has_role(Role::kit));
    CHECK_FALSE(certificate.has_role(Role::site));
  }
}

TEST_CASE("a key identifier leads from a certificate to its issuer") {
  const Identity top = root();
  const Certificate certificate = leaf(top, Role::kit).certificate;
  CHECK(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(certificate.handle()),
                              X509_get0_subject_key_id(top.certificate.handle())) == 0);
  CHECK(X509_get0_subject_key_id(certificate.handle()) != nullptr);
}

TEST_CASE("what cannot be issued soundly is not issued") {
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const auto refused = [&](void (*change)(CertificateTemplate&)) {
    CertificateTemplate content = site_template();
    change(content);
    return why(self_sign(content, key)).starts_with("bad_input: a certificate must");
  };
  CHECK(refused([](auto& content) { content.common_name.clear(); }));
  CHECK(refused([](auto& content) { content.common_name = std::string(65, 'x'); }));
  CHECK(refused([](auto& content) { content.common_name = "a\nb"; }));
  CHECK(refused([](auto& content) { content.roles.clear(); }));
  CHECK(refused([](auto& content) { content.uuid = "no"; }));
  CHECK(refused([](auto& content) { std::swap(content.not_before, content.not_after); }));

  const Identity top = root();
  const Identity other = root("other");
  const Identity end = leaf(top, Role::site);
  CHECK(why(issue(site_template(), key.public_key(), top.certificate, other.key)) ==
        "bad_input: the key does not belong to the certificate `CN=root`");
  CHECK(why(issue(site_template(), key.public_key(), end.certificate, end.key)) ==
        "bad_input: `CN=leaf` is no authority with a subject key identifier");
  CertificateTemplate nobody = site_template();
  nobody.roles.clear();
  nobody.ca = true;
  CHECK_FALSE(issue(nobody, key.public_key(), top.certificate, top.key));
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK_FALSE(self_sign(site_template(), ed25519));
  CHECK_FALSE(issue(site_template(), ed25519.public_key(), top.certificate, top.key));
}

TEST_CASE("certificates survive a round trip through PEM and DER, alone and in lists") {
  const Identity top = root();
  const Certificate end = leaf(top, Role::site).certificate;
  CHECK(Certificate::from_pem(end.pem()).value() == end);
  CHECK(Certificate::from_der(end.der()).value() == end);
  CHECK_FALSE(end == top.certificate);
  const auto list = Certificate::list_from_pem(end.pem() + top.certificate.pem()).value();
  REQUIRE(list.size() == 2);
  CHECK(list[0] == end);
  CHECK(list[1] == top.certificate);
}

TEST_CASE("what is not exactly one certificate, or a list of at most 16, is refused") {
  const Certificate one = root().certificate;
  CHECK_FALSE(Certificate::from_pem(one.pem() + one.pem()));
  CHECK_FALSE(Certificate::from_pem(""));
  CHECK_FALSE(Certificate::list_from_pem(""));
  CHECK(Certificate::list_from_pem("the root\n" + one.pem() + "\nand another\n" + one.pem() + "end")->size() == 2);
  std::string many;
  for (int i = 0; i < 16; ++i) many += one.pem();
  CHECK(Certificate::list_from_pem(many).value().size() == 16);
  CHECK_FALSE(Certificate::list_from_pem(many + one.pem()));
  CHECK_FALSE(Certificate::from_der(one.der() + "x"));
  CHECK_FALSE(Certificate::from_der(std::string(20'000, '0')));
  for (std::size_t size = 0; size < one.der().size(); ++size) {
    CHECK_FALSE(Certificate::from_der(one.der().substr(0, size)));
  }
}

TEST_CASE("a certificate has one encoding: what only reads alike is refused") {
  const std::string der = root().certificate.der();
  // The outer length of 0x82 xx xx in three bytes instead of two.
  REQUIRE(der.substr(0, 2) == "\x30\x82");
  CHECK_FALSE(Certificate::from_der("\x30\x83" + std::string(1, '\0') + der.substr(2)));
  // Indefinite length.
  CHECK_FALSE(Certificate::from_der("\x30\x80" + der.substr(4) + std::string(2, '\0')));
}

TEST_CASE("certificates with a foreign key, another version or a malformed validity are refused") {
  const Identity top = root();
  const Certificate one = leaf(top, Role::kit).certificate;
  const auto refused = [&](const std::function<void(Node&)>& edit) {
    const auto read = Certificate::from_der(edited(one.der(), edit));
    return why(read).starts_with("bad_input");
  };
  CHECK(refused([](Node& certificate) { certificate[0][0][0].content = "\x01"; }));
  CHECK(refused([](Node& certificate) { certificate[0].erase(0); }));
  CHECK(refused([](Node& certificate) { certificate[0][4][0] = primitive(0x17, "2001010000Z"); }));
  CHECK(refused([](Node& certificate) { certificate[0][4][0] = primitive(0x18, "20200101000000Z"); }));
  CHECK(refused([](Node& certificate) { certificate[0][4][1] = primitive(0x17, "490101000000+0000"); }));
  const PrivateKey ed25519 = PrivateKey::generate(KeyKind::ed25519).value();
  CHECK(Certificate::from_der(
      edited(one.der(), [&](Node& certificate) { certificate[0][6] = parse(ed25519.public_key().der()); })));
  CHECK(refused([&](Node& certificate) {
    std::string spki = ed25519.public_key().der();
    spki[8] = '\x6E';  // X25519
    certificate[0][6] = parse(spki);
  }));
}

TEST_CASE("an extension that is there twice makes a certificate malformed") {
  const Identity top = root();
  const Certificate one = leaf(top, Role::kit).certificate;
  const auto twice = edited(one.der(), [](Node& certificate) {
    Node& extensions = certificate[0].children.back()[0];
    extensions.children.push_back(extensions[2]);
  });
  CHECK(why(Certificate::from_der(twice)) ==
        "bad_input: is not a certificate that can be used here: an extension is malformed");
}

TEST_CASE("a uuid is read where there is exactly one") {
  const Identity top = root();
  const auto with = [&](const char* names) {
    return changed(leaf(top, Role::site).certificate, top, [&](X509* certificate) {
      X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
      REQUIRE(extension != nullptr);
      X509_add_ext(certificate, extension, -1);
      X509_EXTENSION_free(extension);
    });
  };
  const std::string id = "5b0c1d2e-0000-4000-8000-00000000000a";
  CHECK(with(("URI:urn:uuid:" + id).c_str()).uuid() == id);
  CHECK(with(("DNS:a.example,URI:urn:uuid:" + id + ",URI:https://x.example").c_str()).uuid() == id);
  CHECK_FALSE(with(("URI:urn:uuid:" + id + ",URI:urn:uuid:" + id).c_str()).uuid());
  CHECK_FALSE(with("URI:urn:uuid:no").uuid());
  CHECK_FALSE(with("DNS:a.example").uuid());
  CHECK_FALSE(leaf(top, Role::site).certificate.uuid());
}

TEST_CASE("a subject that would move the cursor is shown escaped") {
  const Identity top = root();
  const Certificate evil = changed(leaf(top, Role::site).certificate, top, [](X509* certificate) {
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "O", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>("a\x1b[31m\u202E"), -1, -1, 0);
  });
  CHECK(core::is_printable(evil.subject()));
}
