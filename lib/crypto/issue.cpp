#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/certificate.hpp"
#include "crypto/openssl.hpp"
#include "crypto/revocation.hpp"
#include "crypto/signing.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::size_t common_name_bytes = 64;  // ub-common-name, RFC 5280 appendix A.1
constexpr std::size_t serial_bytes = 16;
constexpr std::size_t key_identifier_bytes = 20;
constexpr const char* email_protection = "1.3.6.1.5.5.7.3.4";

Result<void> check(const CertificateTemplate& content, bool root) {
  const auto refuse = [](const char* why) { return fail(Code::bad_input, std::string("a certificate ") + why); };
  const std::string& name = content.common_name;
  if (name.empty() || name.size() > common_name_bytes || !core::is_document_text(name)) {
    return refuse("must have a printable common name of 1 to 64 bytes");
  }
  if (content.not_before > content.not_after) return refuse("must not end before it begins");
  if (content.roles.empty() && !(root && content.ca)) return refuse("must have a role, unless it is a root");
  if (content.uuid && !core::is_uuid(*content.uuid)) return refuse("must have a UUID where it has one");
  return {};
}

void add(X509* certificate, int extension, void* value, bool critical) {
  ensure(X509_add1_ext_i2d(certificate, extension, value, critical ? 1 : 0, X509V3_ADD_DEFAULT) == 1, "extension");
}

/// SubjectKeyIdentifier: the leftmost 160 bits of SHA-256 over the key's bits (RFC 7093 2).
void add_subject_key_identifier(X509* certificate) {
  const ASN1_BIT_STRING* const bits = X509_get0_pubkey_bitstr(certificate);
  const Digest digest = sha256({reinterpret_cast<const char*>(bits->data), static_cast<std::size_t>(bits->length)});
  ASN1_OCTET_STRING* const value = ASN1_OCTET_STRING_new();
  ensure(value != nullptr && ASN1_OCTET_STRING_set(value, digest.bytes.data(), key_identifier_bytes) == 1, "extension");
  add(certificate, NID_subject_key_identifier, value, false);
  ASN1_OCTET_STRING_free(value);
}

/// AuthorityKeyIdentifier: the issuer's own identifier (RFC 5280 4.2.1.1).
void add_authority_key_identifier(X509* certificate, X509* issuer) {
  AUTHORITY_KEYID* const value = AUTHORITY_KEYID_new();
  ensure(value != nullptr, "extension");
  value->keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(issuer));
  add(certificate, NID_authority_key_identifier, value, false);
  AUTHORITY_KEYID_free(value);
}

void add_basic_constraints(X509* certificate, bool ca) {
  BASIC_CONSTRAINTS* const value = BASIC_CONSTRAINTS_new();
  ensure(value != nullptr, "extension");
  value->ca = ca ? 0xFF : 0;
  add(certificate, NID_basic_constraints, value, true);
  BASIC_CONSTRAINTS_free(value);
}

/// KeyUsage (RFC 5280 4.2.1.3): only the usages that the roles need.
void add_key_usage(X509* certificate, const CertificateTemplate& content, KeyKind kind) {
  enum { digital_signature = 0, key_encipherment = 2, key_agreement = 4, key_cert_sign = 5, crl_sign = 6 };
  ASN1_BIT_STRING* const value = ASN1_BIT_STRING_new();
  ensure(value != nullptr, "extension");
  const auto set = [&](int bit) { ensure(ASN1_BIT_STRING_set_bit(value, bit, 1) == 1, "extension"); };
  if (content.ca) {
    set(key_cert_sign);
    set(crl_sign);
  } else {
    for (const Role role : content.roles) {
      if (role != Role::recipient) {
        set(digital_signature);
      } else {
        set(kind == KeyKind::rsa ? key_encipherment : key_agreement);
      }
    }
  }
  add(certificate, NID_key_usage, value, true);
  ASN1_BIT_STRING_free(value);
}

/// ExtendedKeyUsage (RFC 5280 4.2.1.12): the roles, and emailProtection, which stock `openssl cms -verify` asks for.
void add_extended_key_usage(X509* certificate, const std::vector<Role>& roles) {
  EXTENDED_KEY_USAGE* const value = sk_ASN1_OBJECT_new_null();
  ensure(value != nullptr, "extension");
  const auto push = [&](const char* oid) { ensure(sk_ASN1_OBJECT_push(value, OBJ_txt2obj(oid, 1)) > 0, "extension"); };
  for (const Role role : roles) push(std::string(oid(role)).c_str());
  push(email_protection);
  add(certificate, NID_ext_key_usage, value, false);
  sk_ASN1_OBJECT_pop_free(value, ASN1_OBJECT_free);
}

void add_uuid(X509* certificate, const std::string& uuid) {
  const std::string uri = "urn:uuid:" + core::to_lower(uuid);
  GENERAL_NAMES* const value = GENERAL_NAMES_new();
  GENERAL_NAME* const name = GENERAL_NAME_new();
  ASN1_IA5STRING* const text = ASN1_IA5STRING_new();
  ensure(value != nullptr && name != nullptr && text != nullptr &&
             ASN1_STRING_set(text, uri.data(), static_cast<int>(uri.size())) == 1 &&
             sk_GENERAL_NAME_push(value, name) > 0,
         "extension");
  GENERAL_NAME_set0_value(name, GEN_URI, text);
  add(certificate, NID_subject_alt_name, value, false);
  GENERAL_NAMES_free(value);
}

/// A serial number of 16 random bytes: positive and without a leading zero byte.
void set_serial(X509* certificate) {
  std::array<unsigned char, serial_bytes> random{};
  ensure(RAND_bytes_ex(library(), random.data(), random.size(), 0) == 1, "random");
  random[0] = static_cast<unsigned char>((random[0] & 0x3F) | 0x40);
  BIGNUM* const number = BN_bin2bn(random.data(), static_cast<int>(random.size()), nullptr);
  ensure(number != nullptr && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nullptr, "serial");
  BN_free(number);
}

void sign_certificate(X509* certificate, const PrivateKey& key) {
  const auto context = signing_context(key);
  ensure(X509_sign_ctx(certificate, context.get()) > 0, "signing a certificate");
}

/// `issuer` is null for a certificate that is signed by its own key.
Result<Certificate> make(const CertificateTemplate& content, const PublicKey& subject, const Certificate* issuer,
                         const PrivateKey& issuer_key) {
  AIRLOCK_CHECK(check(content, issuer == nullptr));
  if (subject.kind() == KeyKind::ed25519 || issuer_key.kind() == KeyKind::ed25519) {
    return fail(Code::bad_input, "an Ed25519 key cannot have a certificate here");
  }
  const Handle<X509> made(X509_new_ex(library(), nullptr));
  X509* const certificate = made.get();
  const std::string& name = content.common_name;
  bool done = certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1 &&
              X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                         octets(name), static_cast<int>(name.size()), -1, 0) == 1 &&
              X509_set_pubkey(certificate, subject.handle()) == 1 &&
              ASN1_TIME_set(X509_getm_notBefore(certificate), content.not_before.seconds) != nullptr &&
              ASN1_TIME_set(X509_getm_notAfter(certificate), content.not_after.seconds) != nullptr;
  X509* const above = issuer == nullptr ? certificate : issuer->handle();
  ensure(done && X509_set_issuer_name(certificate, X509_get_subject_name(above)) == 1, "certificate");
  set_serial(certificate);
  add_basic_constraints(certificate, content.ca);
  add_key_usage(certificate, content, subject.kind());
  if (!content.roles.empty()) add_extended_key_usage(certificate, content.roles);
  if (content.uuid) add_uuid(certificate, *content.uuid);
  add_subject_key_identifier(certificate);
  if (issuer != nullptr) add_authority_key_identifier(certificate, above);
  sign_certificate(certificate, issuer_key);
  return Certificate::from_der(to_der(certificate, i2d_X509));
}

void remove_extension(X509* certificate, int extension) {
  const int at = X509_get_ext_by_NID(certificate, extension, -1);
  if (at >= 0) X509_EXTENSION_free(X509_delete_ext(certificate, at));
}

}  // namespace

Handle<evp_md_ctx_st> signing_context(const PrivateKey& key) {
  Handle<EVP_MD_CTX> context(EVP_MD_CTX_new());
  const char* const digest = key.kind() == KeyKind::p384 ? "SHA2-384" : "SHA2-256";
  EVP_PKEY_CTX* options = nullptr;
  bool done = context != nullptr &&
              EVP_DigestSignInit_ex(context.get(), &options, digest, library(), nullptr, key.handle(), nullptr) == 1;
  if (key.kind() == KeyKind::rsa) {
    done = done && EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  ensure(done, "signing");
  return context;
}

Result<Certificate> issue(const CertificateTemplate& content, const PublicKey& subject, const Certificate& issuer,
                          const PrivateKey& issuer_key) {
  if (!issuer.is_ca() || X509_get0_subject_key_id(issuer.handle()) == nullptr) {
    return fail(Code::bad_input, core::quote(issuer.subject()) + " is no authority with a subject key identifier");
  }
  if (!(issuer_key.public_key() == issuer.key())) {
    return fail(Code::bad_input, "the key does not belong to the certificate " + core::quote(issuer.subject()));
  }
  return make(content, subject, &issuer, issuer_key);
}

Result<Certificate> self_sign(const CertificateTemplate& content, const PrivateKey& key) {
  return make(content, key.public_key(), nullptr, key);
}

Result<Successor> sign_for_successor(const Certificate& root, const Certificate& former, const PrivateKey& former_key) {
  if (!former.is_ca() || X509_get0_subject_key_id(former.handle()) == nullptr || !root.is_ca() ||
      !root.is_self_signed()) {
    return fail(Code::bad_input, "a successor and its former root must be authorities with a subject key identifier");
  }
  if (!(former_key.public_key() == former.key())) {
    return fail(Code::bad_input, "the key does not belong to the certificate " + core::quote(former.subject()));
  }
  const Handle<X509> made(X509_dup(root.handle()));
  X509* const link = made.get();
  ensure(link != nullptr && X509_set_issuer_name(link, X509_get_subject_name(former.handle())) == 1, "certificate");
  set_serial(link);
  remove_extension(link, NID_authority_key_identifier);
  add_authority_key_identifier(link, former.handle());
  sign_certificate(link, former_key);
  AIRLOCK_TRY(Certificate certificate, Certificate::from_der(to_der(link, i2d_X509)));
  Successor successor{root, std::move(certificate)};
  if (!succeeds(former, successor)) {
    return fail(Code::bad_input, "the former root is not for all the roles that its successor is for");
  }
  return successor;
}

}  // namespace airlock::crypto
