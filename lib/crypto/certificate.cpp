#include "crypto/certificate.hpp"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <map>
#include <mutex>
#include <optional>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "crypto/openssl.hpp"
#include "crypto/pem.hpp"
#include "crypto/profile.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::string_view pem_label = "CERTIFICATE";
constexpr std::string_view uuid_prefix = "urn:uuid:";

struct RoleText {
  std::string_view name;
  std::string_view oid;
};
// Each is `2.25.` and the decimal form of a random UUID (ITU-T X.667 7).
constexpr std::array<RoleText, 6> role_texts = {{
    {"licence", "2.25.208503675240455195227459110434707166558"},
    {"kit", "2.25.64357806310676226798409269457038673963"},
    {"receipt", "2.25.160177973110488475260672963079691258874"},
    {"site", "2.25.23811589754272171175796833657807856757"},
    {"officer", "2.25.226272168808417965136821216273184308381"},
    {"recipient", "2.25.219287654535402913093032539940487947002"},
}};

std::string dotted(const ASN1_OBJECT* object) {
  std::array<char, 128> text{};
  const int size = OBJ_obj2txt(text.data(), static_cast<int>(text.size()), object, 1);
  return size > 0 && static_cast<std::size_t>(size) < text.size() ? text.data() : "";
}

bool is_own_issuer(X509* certificate, int verify_signature) {
  const bool result = X509_self_signed(certificate, verify_signature) == 1;
  forget_errors();
  return result;
}

/// The certificates that this process has read, by their bytes. OpenSSL looks for a decoder for each public key, so
/// that reading a certificate takes as long as verifying several signatures, and most commands need the same few
/// several times. Certificates do not change, so threads share them.
class Known {
 public:
  std::optional<Certificate> find(std::string_view der) {
    const std::lock_guard guard(mutex_);
    const auto at = by_bytes_.find(der);
    return at == by_bytes_.end() ? std::nullopt : std::optional(at->second);
  }
  void add(std::string_view der, const Certificate& certificate) {
    const std::lock_guard guard(mutex_);
    if (by_bytes_.size() == limit) by_bytes_.clear();
    by_bytes_.emplace(der, certificate);
  }

 private:
  static constexpr std::size_t limit = 64;  // a megabyte at most
  std::mutex mutex_;
  std::map<std::string, Certificate, std::less<>> by_bytes_;
};

Known& known() {
  static Known* const table = new Known;  // never freed: threads of a host may use it while the process ends
  return *table;
}

tl::unexpected<core::Error> refuse(std::string_view why) {
  forget_errors();
  return fail(Code::bad_input, "is not a certificate that can be used here: " + std::string(why));
}

}  // namespace

std::string_view name(Role role) { return role_texts[static_cast<std::size_t>(role)].name; }
std::string_view oid(Role role) { return role_texts[static_cast<std::size_t>(role)].oid; }

Result<Certificate> Certificate::from_pem(std::string_view pem) {
  AIRLOCK_TRY(const std::string der, crypto::from_pem(pem_label, pem));
  return from_der(der);
}

Result<std::vector<Certificate>> Certificate::list_from_pem(std::string_view pem) {
  AIRLOCK_TRY(const auto all, crypto::all_from_pem(pem_label, pem, certificates_limit));
  std::vector<Certificate> list;
  for (const std::string& der : all) {
    AIRLOCK_TRY(Certificate certificate, from_der(der));
    list.push_back(std::move(certificate));
  }
  return list;
}

Result<Certificate> Certificate::from_der(std::string_view der) {
  if (der.size() > certificate_bytes_limit) return refuse("it is larger than 16 KiB");
  if (auto before = known().find(der)) return *std::move(before);
  X509* made = X509_new_ex(library(), nullptr);
  ensure(made != nullptr, "certificate");
  const unsigned char* at = octets(der);
  d2i_X509(&made, &at, static_cast<long>(der.size()));  // frees `made` and sets it to null if it fails
  const std::shared_ptr<X509> handle = Handle<X509>(made);
  // Bytes behind the certificate, and encodings that are not DER, differ from what OpenSSL encodes.
  if (handle == nullptr || to_der(handle.get(), i2d_X509) != der) return refuse("it must be one certificate in DER");
  if (X509_get_version(handle.get()) != X509_VERSION_3) return refuse("it must be version 3");
  if ((X509_get_extension_flags(handle.get()) & EXFLAG_INVALID) != 0) return refuse("an extension is malformed");
  const auto not_before = read_time(X509_get0_notBefore(handle.get()));
  const auto not_after = read_time(X509_get0_notAfter(handle.get()));
  if (!not_before || !not_after) return refuse("its validity is malformed");
  auto key = PublicKey::from_handle(Handle<EVP_PKEY>(X509_get_pubkey(handle.get())),
                                    to_der(X509_get_X509_PUBKEY(handle.get()), i2d_X509_PUBKEY));
  if (!key) return fail(std::move(key).error().within("the certificate's key"));
  Certificate out(handle, *std::move(key), *not_before, *not_after);
  known().add(der, out);
  return out;
}

std::string Certificate::pem() const { return to_pem(pem_label, der()); }
std::string Certificate::der() const { return to_der(handle_.get(), i2d_X509); }
Digest Certificate::fingerprint() const { return sha256(der()); }

std::string Certificate::subject() const {
  const Handle<BIO> text(BIO_new(BIO_s_mem()));
  constexpr unsigned long form = XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB);
  ensure(text != nullptr && X509_NAME_print_ex(text.get(), X509_get_subject_name(handle_.get()), 0, form) >= 0,
         "subject");
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(text.get(), &bytes);
  return core::printable({bytes, static_cast<std::size_t>(size)});
}

bool Certificate::is_ca() const { return X509_check_ca(handle_.get()) == 1; }

bool Certificate::is_self_signed() const { return is_own_issuer(handle_.get(), 1); }
bool Certificate::is_self_issued() const { return is_own_issuer(handle_.get(), 0); }

bool Certificate::has_role(Role role) const {
  auto* usages = static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(handle_.get(), NID_ext_key_usage, nullptr, nullptr));
  bool found = false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(usages); ++i) found |= dotted(sk_ASN1_OBJECT_value(usages, i)) == oid(role);
  EXTENDED_KEY_USAGE_free(usages);
  return found;
}

bool Certificate::has_no_usage() const { return (X509_get_extension_flags(handle_.get()) & EXFLAG_XKUSAGE) == 0; }
bool Certificate::may_sign() const { return (X509_get_key_usage(handle_.get()) & KU_DIGITAL_SIGNATURE) != 0; }

bool Certificate::may_receive() const {
  const KeyKind kind = key().kind();
  if (kind == KeyKind::ed25519) return false;
  const unsigned needed = kind == KeyKind::rsa ? KU_KEY_ENCIPHERMENT : KU_KEY_AGREEMENT;
  return (X509_get_key_usage(handle_.get()) & needed) != 0;
}

std::optional<std::string> Certificate::uuid() const {
  auto* names = static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(handle_.get(), NID_subject_alt_name, nullptr, nullptr));
  std::vector<std::string> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type != GEN_URI) continue;
    const ASN1_STRING* const uri = name->d.uniformResourceIdentifier;
    const std::string text(reinterpret_cast<const char*>(ASN1_STRING_get0_data(uri)),
                           static_cast<std::size_t>(ASN1_STRING_length(uri)));
    if (text.starts_with(uuid_prefix)) found.push_back(core::to_lower(text.substr(uuid_prefix.size())));
  }
  GENERAL_NAMES_free(names);
  if (found.size() != 1 || !core::is_uuid(found[0])) return std::nullopt;
  return found[0];
}

bool Certificate::operator==(const Certificate& other) const { return der() == other.der(); }

}  // namespace airlock::crypto
