#include <openssl/x509v3.h>

#include "crypto/cms.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

const std::string signed_text = "content";

/// How an object by `identity` with `chain` is judged.
std::string judged(const Identity& identity, const std::vector<Certificate>& chain, const TrustStore& trust) {
  return why(content_of(sign(signed_text, signer(identity, chain)).value(), trust));
}

Identity with(const Identity& identity, Certificate certificate) {
  return {copy(identity.key), std::move(certificate)};
}

/// A change that puts `value` in the place of an extension, or takes it away.
std::function<void(x509_st*)> extension(int type, const char* value) {
  return [=](X509* certificate) {
    const int at = X509_get_ext_by_NID(certificate, type, -1);
    if (at >= 0) X509_EXTENSION_free(X509_delete_ext(certificate, at));
    if (value == nullptr) return;
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, nullptr, type, value);
    REQUIRE(made != nullptr);
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
  };
}

Identity valid(const Identity& issuer, std::string_view not_before, std::string_view not_after, bool ca) {
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const CertificateTemplate wanted{.common_name = ca ? "authority" : "leaf",
                                   .roles = {Role::kit},
                                   .not_before = time(not_before),
                                   .not_after = time(not_after),
                                   .ca = ca,
                                   .uuid = {}};
  Certificate certificate = issue(wanted, key.public_key(), issuer.certificate, issuer.key).value();
  return {std::move(key), std::move(certificate)};
}

}  // namespace

TEST_CASE("a chain below the root is trusted for its role and no other") {
  const Identity top = root();
  const Identity middle = authority(top, {Role::licence, Role::kit});
  const Identity end = leaf(middle, Role::licence);
  const std::vector<Certificate> chain{middle.certificate};
  CHECK(judged(end, chain, TrustStore(Role::licence, {top.certificate})) == "accepted");
  for (const Role role : {Role::kit, Role::receipt, Role::site, Role::officer, Role::recipient}) {
    CHECK(judged(end, chain, TrustStore(role, {top.certificate})) ==
          "integrity: the certificate `CN=leaf` is not for the role `" + std::string(name(role)) + "`");
  }
}

TEST_CASE("every authority below the root must carry the role") {
  const Identity top = root();
  const Identity wrong = authority(top, {Role::kit}, "wrong");
  const Identity right = authority(wrong, {Role::licence}, "right");
  const Identity end = leaf(right, Role::licence);
  const std::vector<Certificate> chain{right.certificate, wrong.certificate};
  const TrustStore trust(Role::licence, {top.certificate});
  CHECK(judged(end, chain, trust) == "integrity: the certificate `CN=wrong` is not for the role `licence`");
  CHECK(judged(leaf(wrong, Role::licence), {wrong.certificate}, trust) ==
        "integrity: the certificate `CN=wrong` is not for the role `licence`");
}

TEST_CASE("any extended key usage, or none, does not stand for a role") {
  const Identity top = root();
  const TrustStore trust(Role::kit, {top.certificate});
  const Identity end = leaf(top, Role::kit);
  for (const char* usage : {"anyExtendedKeyUsage,emailProtection", "emailProtection", "codeSigning"}) {
    const auto other = with(end, changed(end.certificate, top, extension(NID_ext_key_usage, usage)));
    CHECK(judged(other, {}, trust) == "integrity: the certificate `CN=leaf` is not for the role `kit`");
  }
  const auto none = with(end, changed(end.certificate, top, extension(NID_ext_key_usage, nullptr)));
  CHECK(judged(none, {}, trust) == "integrity: the certificate `CN=leaf` is not for the role `kit`");
  const auto same = with(end, changed(end.certificate, top, [](x509_st*) {}));
  CHECK(judged(same, {}, trust) == "accepted");
}

TEST_CASE("a root that is limited to roles issues for these only") {
  const Identity top = root("root", KeyKind::p256, {Role::kit});
  CHECK(judged(leaf(top, Role::kit), {}, TrustStore(Role::kit, {top.certificate})) == "accepted");
  CHECK(judged(leaf(top, Role::licence), {}, TrustStore(Role::licence, {top.certificate})) ==
        "integrity: a trusted root for the role `licence` is not a self-signed authority for it");
}

TEST_CASE("a root must be an authority that signed itself") {
  const Identity top = root();
  const Identity middle = authority(top, {Role::kit});
  const Identity end = leaf(middle, Role::kit);
  const std::string message = "integrity: a trusted root for the role `kit` is not a self-signed authority for it";
  CHECK(judged(end, {}, TrustStore(Role::kit, {middle.certificate})) == message);
  CHECK(judged(end, {middle.certificate}, TrustStore(Role::kit, {top.certificate, end.certificate})) == message);
  const PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const Certificate no_authority =
      self_sign({.common_name = "x", .roles = {Role::kit}, .not_before = from, .not_after = until, .uuid = {}}, key)
          .value();
  CHECK(judged({copy(key), no_authority}, {}, TrustStore(Role::kit, {no_authority})) == message);
  CHECK(judged(end, {middle.certificate}, TrustStore(Role::kit, {})).starts_with("integrity"));
}

TEST_CASE("certificates of another root are not trusted, even under the same name") {
  const Identity top = root();
  const Identity other = root();
  const Identity end = leaf(other, Role::kit);
  CHECK(judged(end, {}, TrustStore(Role::kit, {top.certificate}))
            .starts_with("integrity: the certificate `CN=leaf` is not trusted"));
  CHECK(judged(end, {}, TrustStore(Role::kit, {top.certificate, other.certificate})) == "accepted");
}

TEST_CASE("an intermediate that is no authority is refused") {
  const Identity top = root();
  const Identity middle = leaf(top, Role::kit, KeyKind::p256, "no authority");
  const Identity end = leaf(authority(top, {Role::kit}), Role::kit);
  const Certificate below = changed(end.certificate, middle, [&](X509* certificate) {
    X509_set_issuer_name(certificate, X509_get_subject_name(middle.certificate.handle()));
    extension(NID_authority_key_identifier, nullptr)(certificate);
  });
  CHECK(judged(with(end, below), {middle.certificate}, TrustStore(Role::kit, {top.certificate}))
            .starts_with("integrity: the certificate `CN=leaf` is not trusted"));
  // Constraints that are not critical, and a key usage without keyCertSign, are RFC 5280's own rules.
  const Identity sound = authority(top, {Role::kit});
  const Identity child = leaf(sound, Role::kit);
  REQUIRE(judged(child, {sound.certificate}, TrustStore(Role::kit, {top.certificate})) == "accepted");
  for (const auto& [type, value] : {std::pair{NID_basic_constraints, "CA:TRUE"}, {NID_key_usage, "digitalSignature"}}) {
    const Certificate odd = changed(sound.certificate, top, extension(type, value));
    CHECK(judged(child, {odd}, TrustStore(Role::kit, {top.certificate})).starts_with("integrity"));
  }
}

TEST_CASE("an authority cannot sign documents itself") {
  const Identity top = root();
  const Identity middle = authority(top, {Role::kit});
  CHECK(judged(middle, {}, TrustStore(Role::kit, {top.certificate})) ==
        "integrity: the certificate `CN=authority` may not sign, by its key usage");
}

TEST_CASE("a chain has at most 8 certificates below the root") {
  const Identity top = root();
  std::vector<Certificate> chain;
  Identity last{copy(top.key), top.certificate};
  for (std::size_t below = 1; below <= 9; ++below) {
    const Identity end = leaf(last, Role::kit);
    CAPTURE(below);
    CHECK(judged(end, chain, TrustStore(Role::kit, {top.certificate})).starts_with("accepted") ==
          (below <= chain_limit));
    last = authority(last, {Role::kit}, "authority " + std::to_string(below));
    chain.push_back(last.certificate);
  }
}

TEST_CASE("a certificate signed with SHA-1 is not trusted") {
  const Identity top = root();
  const Identity end = leaf(top, Role::kit);
  const Certificate weak = changed(
      end.certificate, top, [](x509_st*) {}, "SHA1");
  CHECK(judged(with(end, weak), {}, TrustStore(Role::kit, {top.certificate})).starts_with("integrity"));
}

TEST_CASE("an unknown critical extension is refused") {
  const Identity top = root();
  const Identity end = leaf(top, Role::kit);
  const auto odd = changed(end.certificate, top, [](X509* certificate) {
    ASN1_OBJECT* const type = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    X509_EXTENSION* const made = X509_EXTENSION_create_by_OBJ(nullptr, type, 1, value);
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(type);
  });
  CHECK(judged(with(end, odd), {}, TrustStore(Role::kit, {top.certificate})).starts_with("integrity"));
}

TEST_CASE("validity is reported for the whole chain and judged by the caller") {
  const Identity top = root();
  const Identity middle = valid(top, "2024-01-01T00:00:00Z", "2026-06-30T00:00:00Z", true);
  const Identity end = valid(middle, "2025-01-01T00:00:00Z", "2030-01-01T00:00:00Z", false);
  const std::vector<Certificate> chain{middle.certificate};
  const std::string object = sign(signed_text, signer(end, chain)).value();
  const MemoryBlob blob(object);
  const auto verified = verify(blob, TrustStore(Role::kit, {top.certificate}));
  REQUIRE_MESSAGE(verified, why(verified));
  CHECK(verified->valid_from() == time("2025-01-01T00:00:00Z"));
  CHECK(verified->valid_until() == time("2026-06-30T00:00:00Z"));
  CHECK_FALSE(verified->chain_valid_at(time("2024-12-31T23:59:59Z")));
  CHECK(verified->chain_valid_at(time("2025-01-01T00:00:00Z")));
  CHECK(verified->chain_valid_at(time("2026-06-30T00:00:00Z")));
  CHECK_FALSE(verified->chain_valid_at(time("2026-06-30T00:00:01Z")));
}

TEST_CASE("the root's own validity counts") {
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const Certificate certificate = self_sign({.common_name = "short",
                                             .roles = {},
                                             .not_before = time("2025-06-01T00:00:00Z"),
                                             .not_after = time("2025-07-01T00:00:00Z"),
                                             .ca = true,
                                             .uuid = {}},
                                            key)
                                      .value();
  const Identity top{std::move(key), certificate};
  const Identity end = leaf(top, Role::kit);
  const std::string object = sign(signed_text, signer(end)).value();
  const MemoryBlob blob(object);
  const auto verified = verify(blob, TrustStore(Role::kit, {top.certificate}));
  REQUIRE(verified);
  CHECK(verified->valid_from() == time("2025-06-01T00:00:00Z"));
  CHECK(verified->valid_until() == time("2025-07-01T00:00:00Z"));
}

TEST_CASE("a registered certificate is trusted byte for byte, self-signed or issued") {
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const CertificateTemplate wanted{
      .common_name = "site", .roles = {Role::site}, .not_before = from, .not_after = until, .uuid = {}};
  const Certificate own = self_sign(wanted, key).value();
  const Certificate twin = self_sign(wanted, key).value();
  const Identity site{std::move(key), own};
  CHECK(judged(site, {}, TrustStore::exactly(Role::site, {own})) == "accepted");
  CHECK(judged(site, {}, TrustStore::exactly(Role::site, {twin})) ==
        "integrity: the certificate `CN=site` is not registered");
  CHECK(judged(site, {}, TrustStore::exactly(Role::officer, {own})) ==
        "integrity: the certificate `CN=site` is not for the role `officer`");
  CHECK(judged(site, {}, TrustStore(Role::site, {own})).starts_with("integrity"));

  const Identity top = root("customer");
  const Identity middle = authority(top, {Role::kit}, "customer's own");
  const Identity issued = leaf(middle, Role::site);
  CHECK(judged(issued, {}, TrustStore::exactly(Role::site, {issued.certificate})) == "accepted");
  // The customer's own authorities may come along; nobody looks at them.
  CHECK(judged(issued, {middle.certificate}, TrustStore::exactly(Role::site, {issued.certificate})) == "accepted");
  CHECK(judged(issued, {}, TrustStore::exactly(Role::site, {leaf(middle, Role::site).certificate}))
            .starts_with("integrity"));
  const Certificate cannot_sign = changed(issued.certificate, middle, extension(NID_key_usage, "keyAgreement"));
  CHECK(judged(with(issued, cannot_sign), {}, TrustStore::exactly(Role::site, {cannot_sign})) ==
        "integrity: the certificate `CN=leaf` may not sign, by its key usage");
}

TEST_CASE("RSA and P-384 authorities issue as well") {
  for (const KeyKind kind : {KeyKind::rsa, KeyKind::p384}) {
    const Identity top = root("root", kind);
    CHECK(top.certificate.is_self_signed());
    CHECK(judged(leaf(top, Role::kit, kind), {}, TrustStore(Role::kit, {top.certificate})) == "accepted");
  }
}
