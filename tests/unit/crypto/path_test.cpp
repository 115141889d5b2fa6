// Certificate paths in the manner of NIST's PKITS: its sections 4.1 to 4.7, 4.13 and 4.16, with today's algorithms. The
// cases of roles, chain length and key kinds are in trust_test.cpp, those of revocation in revocation_test.cpp.
#include <openssl/x509v3.h>

#include <cstdio>

#include "crypto/cms.hpp"
#include "kit.hpp"

using namespace airlock;
using namespace airlock::test;

namespace {

using Change = std::function<void(x509_st*)>;

/// Puts `value` in the place of an extension; null takes it away.
Change put_extension(int type, const char* value) {
  return [=](X509* certificate) {
    for (int at = 0; (at = X509_get_ext_by_NID(certificate, type, -1)) >= 0;) {
      X509_EXTENSION_free(X509_delete_ext(certificate, at));
    }
    if (value == nullptr) return;
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, &context, type, value);
    REQUIRE(made != nullptr);
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
  };
}

Change put_unknown(bool critical) {
  return [=](X509* certificate) {
    ASN1_OBJECT* const type = OBJ_txt2obj("1.3.6.1.4.1.99999.1", 1);
    ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
    X509_EXTENSION* const made = X509_EXTENSION_create_by_OBJ(nullptr, type, critical ? 1 : 0, value);
    X509_add_ext(certificate, made, -1);
    X509_EXTENSION_free(made);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(type);
  };
}

Change put_issuer(const char* common_name) {
  return [=](X509* certificate) {
    X509_NAME* const name = X509_NAME_new();
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(common_name), -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_NAME_free(name);
  };
}

/// The last byte of the signature is another one.
Certificate damaged(const Certificate& certificate) {
  std::string der = certificate.der();
  der.back() = static_cast<char>(der.back() ^ 1);
  return Certificate::from_der(der).value();
}

/// root - first - second - leaf, each of which a case may change.
struct Path {
  Identity top = root("path root");
  Identity first = authority(top, {Role::kit}, "first");
  Identity second = authority(first, {Role::kit}, "second");
  Identity end = leaf(second, Role::kit);

  /// How a signature by `end` is judged with these certificates.
  [[nodiscard]] std::string judge(const Certificate& leaf_certificate, std::vector<Certificate> chain) const {
    const Identity signing{copy(end.key), leaf_certificate};
    return why(content_of(sign("content", signer(signing, chain)).value(), TrustStore(Role::kit, {top.certificate})));
  }
  [[nodiscard]] bool takes(const Certificate& leaf_certificate, std::vector<Certificate> chain) const {
    const std::string found = judge(leaf_certificate, std::move(chain));
    CHECK((found == "accepted" || found.starts_with("integrity: ")));
    return found == "accepted";
  }
  [[nodiscard]] bool takes_first(const Change& change) const {
    return takes(end.certificate, {second.certificate, changed(first.certificate, top, change)});
  }
  [[nodiscard]] bool takes_second(const Change& change) const {
    return takes(end.certificate, {changed(second.certificate, first, change), first.certificate});
  }
  [[nodiscard]] bool takes_end(const Change& change) const {
    return takes(changed(end.certificate, second, change), {second.certificate, first.certificate});
  }
};

const Path& path() {
  static const Path made;
  return made;
}

}  // namespace

TEST_CASE("paths 4.1: a damaged signature anywhere below the root is refused") {
  const Path& p = path();
  CHECK(p.takes(p.end.certificate, {p.second.certificate, p.first.certificate}));
  CHECK(p.takes(p.end.certificate, {p.first.certificate, p.second.certificate}));  // the order says nothing
  CHECK_FALSE(p.takes(damaged(p.end.certificate), {p.second.certificate, p.first.certificate}));
  CHECK_FALSE(p.takes(p.end.certificate, {damaged(p.second.certificate), p.first.certificate}));
  CHECK_FALSE(p.takes(p.end.certificate, {p.second.certificate, damaged(p.first.certificate)}));
}

TEST_CASE("paths 4.1: a certificate that is missing from the path, or that has no place in it, is refused") {
  const Path& p = path();
  CHECK_FALSE(p.takes(p.end.certificate, {p.second.certificate}));
  CHECK_FALSE(p.takes(p.end.certificate, {p.first.certificate}));
  CHECK_FALSE(p.takes(p.end.certificate, {}));
  const Identity stray = authority(p.top, {Role::kit}, "stray");
  CHECK_FALSE(p.takes(p.end.certificate, {p.second.certificate, p.first.certificate, stray.certificate}));
}

TEST_CASE("paths 4.2: dates outside, at the edge of, and in another form than the moment asked for") {
  const Path& p = path();
  const auto validity = [&](const char* not_before, const char* not_after) {
    const Certificate end = changed(p.end.certificate, p.second, [&](X509* certificate) {
      REQUIRE(ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), not_before) == 1);
      REQUIRE(ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), not_after) == 1);
    });
    const std::vector<Certificate> chain{p.second.certificate, p.first.certificate};
    const Identity signing{copy(p.end.key), end};
    const std::string object = sign("content", signer(signing, chain)).value();
    const MemoryBlob blob(object);
    const auto verified = verify(blob, TrustStore(Role::kit, {p.top.certificate}));
    REQUIRE_MESSAGE(verified, why(verified));
    return verified->chain_valid_at(time("2026-11-01T12:00:00Z"));
  };
  CHECK(validity("260101000000Z", "270101000000Z"));
  CHECK_FALSE(validity("470101000000Z", "480101000000Z"));
  CHECK_FALSE(validity("200102000000Z", "261101115959Z"));
  CHECK(validity("200102000000Z", "261101120000Z"));
  CHECK(validity("261101120000Z", "270101000000Z"));
  CHECK_FALSE(validity("261101120001Z", "270101000000Z"));
  CHECK(validity("500101000000Z", "270101000000Z"));        // the year 1950: two digits from 50 on are the last century
  CHECK_FALSE(validity("260101000000Z", "990101000000Z"));  // the year 1999
  CHECK(validity("260101000000Z", "20500101000000Z"));
}

TEST_CASE("paths 4.3: names chain by their meaning, not by their letters; another name does not") {
  const Path& p = path();
  CHECK_FALSE(p.takes_end(put_issuer("seconds")));
  CHECK_FALSE(p.takes_end(put_issuer("first")));
  CHECK(p.takes_end(put_issuer("SECOND")));  // RFC 5280 7.1: case and white space do not count
  CHECK(p.takes_end(put_issuer("  second  ")));
  CHECK_FALSE(p.takes_second(put_issuer("path root")));
}

TEST_CASE("paths 4.5: a key that its holder signed over anew is no other authority") {
  const Path& p = path();
  // Self-issued: the same name, a new key, signed with the old one; a certificate below it chains through both.
  PrivateKey key = PrivateKey::generate(KeyKind::p256).value();
  const CertificateTemplate wanted{
      .common_name = "second", .roles = {Role::kit}, .not_before = from, .not_after = until, .ca = true, .uuid = {}};
  const Certificate rolled = issue(wanted, key.public_key(), p.second.certificate, p.second.key).value();
  const Identity rolled_identity{std::move(key), rolled};
  const Identity end = leaf(rolled_identity, Role::kit);
  const auto judged = [&](std::vector<Certificate> chain) {
    return why(content_of(sign("content", signer(end, chain)).value(), TrustStore(Role::kit, {p.top.certificate})));
  };
  CHECK(judged({rolled, p.second.certificate, p.first.certificate}) == "accepted");
  CHECK(judged({rolled, p.first.certificate}).starts_with("integrity"));
  CHECK(judged({p.second.certificate, p.first.certificate}).starts_with("integrity"));
}

TEST_CASE("paths 4.6: basic constraints make an authority, and limit how many are below it") {
  const Path& p = path();
  CHECK_FALSE(p.takes_first(put_extension(NID_basic_constraints, nullptr)));
  CHECK_FALSE(p.takes_first(put_extension(NID_basic_constraints, "critical,CA:FALSE")));
  CHECK_FALSE(p.takes_first(put_extension(NID_basic_constraints, "CA:TRUE")));
  CHECK_FALSE(p.takes_second(put_extension(NID_basic_constraints, "critical,CA:FALSE")));
  CHECK_FALSE(p.takes_first(put_extension(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")));
  CHECK(p.takes_first(put_extension(NID_basic_constraints, "critical,CA:TRUE,pathlen:1")));
  CHECK(p.takes_second(put_extension(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")));
  CHECK(p.takes_first(put_extension(NID_basic_constraints, "critical,CA:TRUE,pathlen:6")));
}

TEST_CASE("paths 4.7: key usage of authorities and of the signer") {
  const Path& p = path();
  CHECK_FALSE(p.takes_first(put_extension(NID_key_usage, "critical,cRLSign")));
  CHECK_FALSE(p.takes_second(put_extension(NID_key_usage, "critical,digitalSignature")));
  CHECK(p.takes_first(put_extension(NID_key_usage, "critical,keyCertSign")));
  CHECK_FALSE(p.takes_end(put_extension(NID_key_usage, "critical,nonRepudiation")));
  CHECK_FALSE(p.takes_end(put_extension(NID_key_usage, "critical,keyAgreement")));
  CHECK(p.takes_end(put_extension(NID_key_usage, "critical,digitalSignature,nonRepudiation")));
}

TEST_CASE("paths 4.13: name constraints of an authority bind all below it") {
  const Path& p = path();
  const auto end_of = [&](const char* subject) {
    return changed(p.end.certificate, p.second, put_extension(NID_subject_alt_name, subject));
  };
  const auto under = [&](const char* constraints, const char* subject) {
    return p.takes(end_of(subject), {p.second.certificate, changed(p.first.certificate, p.top,
                                                                   put_extension(NID_name_constraints, constraints))});
  };
  CHECK(under("critical,permitted;DNS:example.org", "DNS:kits.example.org"));
  CHECK_FALSE(under("critical,permitted;DNS:example.org", "DNS:kits.example.com"));
  CHECK_FALSE(under("critical,excluded;DNS:example.org", "DNS:kits.example.org"));
  CHECK(under("critical,excluded;DNS:example.org", "DNS:kits.example.com"));
  CHECK_FALSE(under("critical,permitted;email:example.org", "email:a@example.com"));
  CHECK(under("critical,permitted;email:example.org", "email:a@example.org"));
}

TEST_CASE("paths 4.16: an unknown extension that is critical is refused, one that is not is passed over") {
  const Path& p = path();
  CHECK(p.takes_first(put_unknown(false)));
  CHECK(p.takes_end(put_unknown(false)));
  CHECK_FALSE(p.takes_first(put_unknown(true)));
  CHECK_FALSE(p.takes_second(put_unknown(true)));
  CHECK_FALSE(p.takes_end(put_unknown(true)));
}
