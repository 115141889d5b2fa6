#include "crypto/revocation.hpp"

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "crypto/profile.hpp"
#include "crypto/signing.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::string_view list_label = "X509 CRL";
constexpr int security_bits = 128;

tl::unexpected<core::Error> refuse_list(std::string_view why) {
  forget_errors();
  return fail(Code::bad_input, "is not a revocation list that can be used here: " + std::string(why));
}

/// Whether a signature algorithm has 128 bits of security: a digest of 256 bits or more, and RSASSA-PSS only as in the
/// profile.
bool is_strong(const X509_CRL* list) {
  const X509_ALGOR* algorithm = nullptr;
  X509_CRL_get0_signature(list, nullptr, &algorithm);
  constexpr std::array plain{NID_ecdsa_with_SHA256,       NID_ecdsa_with_SHA384,       NID_ecdsa_with_SHA512,
                             NID_sha256WithRSAEncryption, NID_sha384WithRSAEncryption, NID_sha512WithRSAEncryption};
  const int nid = X509_CRL_get_signature_nid(list);
  return std::find(plain.begin(), plain.end(), nid) != plain.end() ||
         is_pss_with_sha256(to_der(algorithm, i2d_X509_ALGOR));
}

/// Whether the list's extensions leave its meaning as it is: none is critical, and neither of the two that make a list
/// partial is there.
bool has_known_extensions(const STACK_OF(X509_EXTENSION) * extensions) {
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
    const X509_EXTENSION* const extension = sk_X509_EXTENSION_value(extensions, i);
    const int nid = OBJ_obj2nid(X509_EXTENSION_get_object(const_cast<X509_EXTENSION*>(extension)));
    if (X509_EXTENSION_get_critical(extension) != 0 || nid == NID_delta_crl || nid == NID_issuing_distribution_point ||
        nid == NID_certificate_issuer) {
      return false;
    }
  }
  return true;
}

bool has_known_entries(X509_CRL* list) {
  const STACK_OF(X509_REVOKED)* const entries = X509_CRL_get_REVOKED(list);
  for (int i = 0; i < sk_X509_REVOKED_num(entries); ++i) {
    if (!has_known_extensions(X509_REVOKED_get0_extensions(sk_X509_REVOKED_value(entries, i)))) return false;
  }
  return true;
}

std::optional<std::uint64_t> number_of(X509_CRL* list) {
  auto* const value = static_cast<ASN1_INTEGER*>(X509_CRL_get_ext_d2i(list, NID_crl_number, nullptr, nullptr));
  std::uint64_t number = 0;
  const bool read = value != nullptr && ASN1_INTEGER_get_uint64(&number, value) == 1 && number <= INT64_MAX;
  ASN1_INTEGER_free(value);
  forget_errors();
  if (!read) return std::nullopt;
  return number;
}

/// Whether `certificate` is for every role that `other` is for.
bool is_for_all_of(const Certificate& certificate, const Certificate& other) {
  if (certificate.has_no_usage()) return true;
  if (other.has_no_usage()) return false;
  constexpr std::array roles{Role::licence, Role::kit, Role::receipt, Role::site, Role::officer, Role::recipient};
  return std::all_of(roles.begin(), roles.end(),
                     [&](Role role) { return !other.has_role(role) || certificate.has_role(role); });
}

Result<void> check_authority(const Certificate& authority, const PrivateKey& key) {
  if (authority.is_ca() && (X509_get_key_usage(authority.handle()) & KU_CRL_SIGN) != 0 &&
      X509_get0_subject_key_id(authority.handle()) != nullptr && key.public_key() == authority.key()) {
    return {};
  }
  return fail(Code::bad_input, core::quote(authority.subject()) + " may not sign revocation lists with this key");
}

void set_times(X509_CRL* list, Time issued, Time next_update) {
  ASN1_TIME* const first = ASN1_TIME_set(nullptr, issued.seconds);
  ASN1_TIME* const last = ASN1_TIME_set(nullptr, next_update.seconds);
  ensure(X509_CRL_set1_lastUpdate(list, first) == 1 && X509_CRL_set1_nextUpdate(list, last) == 1, "revocation list");
  ASN1_TIME_free(first);
  ASN1_TIME_free(last);
}

void add_entry(X509_CRL* list, const ASN1_INTEGER* serial, const ASN1_TIME* revoked) {
  X509_REVOKED* const entry = X509_REVOKED_new();
  ensure(entry != nullptr && X509_REVOKED_set_serialNumber(entry, const_cast<ASN1_INTEGER*>(serial)) == 1 &&
             X509_REVOKED_set_revocationDate(entry, const_cast<ASN1_TIME*>(revoked)) == 1 &&
             X509_CRL_add0_revoked(list, entry) == 1,
         "revocation list");
}

void add_list_extensions(X509_CRL* list, std::uint64_t value, const Certificate& authority) {
  ASN1_INTEGER* const number = ASN1_INTEGER_new();
  AUTHORITY_KEYID* const issuer = AUTHORITY_KEYID_new();
  ensure(number != nullptr && issuer != nullptr && ASN1_INTEGER_set_uint64(number, value) == 1, "revocation list");
  issuer->keyid = ASN1_OCTET_STRING_dup(X509_get0_subject_key_id(authority.handle()));
  ensure(X509_CRL_add1_ext_i2d(list, NID_authority_key_identifier, issuer, 0, X509V3_ADD_DEFAULT) == 1 &&
             X509_CRL_add1_ext_i2d(list, NID_crl_number, number, 0, X509V3_ADD_DEFAULT) == 1,
         "revocation list");
  ASN1_INTEGER_free(number);
  AUTHORITY_KEYID_free(issuer);
}

Result<RevocationList> sign_list(const RevocationTemplate& content, const STACK_OF(X509_REVOKED) * known,
                                 const Certificate& authority, const PrivateKey& key) {
  const Handle<X509_CRL> made(X509_CRL_new_ex(library(), nullptr));
  X509_CRL* const list = made.get();
  ensure(list != nullptr && X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
             X509_CRL_set_issuer_name(list, X509_get_subject_name(authority.handle())) == 1,
         "revocation list");
  set_times(list, content.issued, content.next_update);
  for (int i = 0; i < sk_X509_REVOKED_num(known); ++i) {
    const X509_REVOKED* const entry = sk_X509_REVOKED_value(known, i);
    add_entry(list, X509_REVOKED_get0_serialNumber(entry), X509_REVOKED_get0_revocationDate(entry));
  }
  for (const auto& [certificate, revoked] : content.revoked) {
    if (X509_NAME_cmp(X509_get_issuer_name(certificate.handle()), X509_get_subject_name(authority.handle())) != 0) {
      return fail(Code::bad_input,
                  core::quote(certificate.subject()) + " is not of " + core::quote(authority.subject()));
    }
    X509_REVOKED* twice = nullptr;
    if (X509_CRL_get0_by_serial(list, &twice, X509_get0_serialNumber(certificate.handle())) != 0) continue;
    ASN1_TIME* const when = ASN1_TIME_set(nullptr, revoked.seconds);
    add_entry(list, X509_get0_serialNumber(certificate.handle()), when);
    ASN1_TIME_free(when);
  }
  add_list_extensions(list, content.number, authority);
  ensure(X509_CRL_sort(list) == 1, "revocation list");
  const auto context = signing_context(key);
  ensure(X509_CRL_sign_ctx(list, context.get()) > 0, "signing a revocation list");
  return RevocationList::from_pem(to_pem(list_label, to_der(list, i2d_X509_CRL)));
}

}  // namespace

Result<RevocationList> RevocationList::from_pem(std::string_view pem) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem(list_label, pem));
  return from_der(der);
}

Result<RevocationList> RevocationList::from_der(std::string_view der) {
  if (der.size() > revocation_list_bytes_limit) return refuse_list("it is larger than 1 MiB");
  X509_CRL* made = X509_CRL_new_ex(library(), nullptr);
  ensure(made != nullptr, "revocation list");
  const unsigned char* at = octets(der);
  d2i_X509_CRL(&made, &at, static_cast<long>(der.size()));  // frees `made` and sets it to null if it fails
  const std::shared_ptr<X509_CRL> handle = Handle<X509_CRL>(made);
  // Bytes behind the list, and encodings that are not DER, differ from what OpenSSL encodes.
  if (handle == nullptr || to_der(handle.get(), i2d_X509_CRL) != der) return refuse_list("it must be one list in DER");
  if (X509_CRL_get_version(handle.get()) != X509_CRL_VERSION_2) return refuse_list("it must be version 2");
  if (!has_known_extensions(X509_CRL_get0_extensions(handle.get())) || !has_known_entries(handle.get())) {
    return refuse_list("it must be complete, and of one authority, without critical extensions");
  }
  if (!is_strong(handle.get())) return refuse_list("its signature algorithm has less than 128 bits of security");
  const auto number = number_of(handle.get());
  if (!number) return refuse_list("it must have a crlNumber");
  const auto issued = read_time(X509_CRL_get0_lastUpdate(handle.get()));
  if (!issued) return refuse_list("its times are malformed");
  return RevocationList(handle, *number, *issued);
}

Result<std::vector<RevocationList>> RevocationList::list_from_pem(std::string_view pem) {
  AIRLOCK_TRY(const auto all, crypto::all_from_pem(list_label, pem, certificates_limit));
  std::vector<RevocationList> lists;
  for (const std::string& der : all) {
    AIRLOCK_TRY(RevocationList list, from_der(der));
    lists.push_back(std::move(list));
  }
  return lists;
}

std::string RevocationList::pem() const { return to_pem(list_label, to_der(handle_.get(), i2d_X509_CRL)); }

std::size_t RevocationList::size() const {
  return static_cast<std::size_t>(std::max(0, sk_X509_REVOKED_num(X509_CRL_get_REVOKED(handle_.get()))));
}

bool RevocationList::names(const Certificate& authority) const {
  return X509_NAME_cmp(X509_CRL_get_issuer(handle_.get()), X509_get_subject_name(authority.handle())) == 0;
}

bool RevocationList::is_issued_by(const Certificate& authority) const {
  const bool result = names(authority) && (X509_get_key_usage(authority.handle()) & KU_CRL_SIGN) != 0 &&
                      X509_CRL_verify(handle_.get(), authority.key().handle()) == 1;
  forget_errors();
  return result;
}

bool RevocationList::revokes(const Certificate& certificate) const {
  X509_REVOKED* entry = nullptr;
  const int found = X509_CRL_get0_by_cert(handle_.get(), &entry, certificate.handle());
  return found != 0 &&
         X509_NAME_cmp(X509_CRL_get_issuer(handle_.get()), X509_get_issuer_name(certificate.handle())) == 0;
}

bool RevocationList::operator==(const RevocationList& other) const {
  return X509_CRL_match(handle_.get(), other.handle_.get()) == 0;
}

const Certificate* revoked_in(std::span<const Certificate> chain, std::span<const RevocationList> lists) {
  for (const Certificate& certificate : chain) {
    for (const RevocationList& list : lists) {
      if (list.revokes(certificate)) return &certificate;
    }
  }
  return nullptr;
}

Result<RevocationList> issue_revocation_list(const RevocationTemplate& content, const Certificate& authority,
                                             const PrivateKey& key) {
  AIRLOCK_CHECK(check_authority(authority, key));
  return sign_list(content, nullptr, authority, key);
}

Result<RevocationList> extend_revocation_list(const RevocationList& known, const RevocationTemplate& content,
                                              const Certificate& authority, const PrivateKey& key) {
  AIRLOCK_CHECK(check_authority(authority, key));
  if (!known.is_issued_by(authority)) {
    return fail(Code::bad_input, "the list to extend is not of " + core::quote(authority.subject()));
  }
  return sign_list(content, X509_CRL_get_REVOKED(known.handle_.get()), authority, key);
}

bool is_issued_by(const Certificate& certificate, const Certificate& authority) {
  const bool result =
      X509_NAME_cmp(X509_get_issuer_name(certificate.handle()), X509_get_subject_name(authority.handle())) == 0 &&
      X509_verify(certificate.handle(), authority.key().handle()) == 1;
  forget_errors();
  return result;
}

Result<Successor> successor_from_pem(std::string_view pem) {
  AIRLOCK_TRY(auto certificates, Certificate::list_from_pem(pem));
  if (certificates.size() != 2) {
    return fail(Code::bad_input, "must hold two certificates: the new root, and the one that the former root signed");
  }
  return Successor{std::move(certificates[0]), std::move(certificates[1])};
}

bool succeeds(const Certificate& former, const Successor& successor) {
  X509* const link = successor.link.handle();
  int bits = 0;
  const bool result = successor.root.is_ca() && successor.root.is_self_signed() && successor.link.is_ca() &&
                      former.is_ca() &&
                      X509_NAME_cmp(X509_get_subject_name(link), X509_get_subject_name(successor.root.handle())) == 0 &&
                      successor.link.key() == successor.root.key() && is_for_all_of(former, successor.root) &&
                      is_for_all_of(successor.link, successor.root) &&
                      X509_NAME_cmp(X509_get_issuer_name(link), X509_get_subject_name(former.handle())) == 0 &&
                      X509_get_signature_info(link, nullptr, nullptr, &bits, nullptr) == 1 && bits >= security_bits &&
                      X509_verify(link, former.key().handle()) == 1;
  forget_errors();
  return result;
}

}  // namespace airlock::crypto
