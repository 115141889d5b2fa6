// The part of the kit that speaks to OpenSSL itself, in the default library context.
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>

#include "crypto/openssl.hpp"
#include "kit.hpp"

namespace airlock::test {
namespace {

/// A certificate in the default library context, where OpenSSL's functions without a context look things up.
Handle<X509> plain(const Certificate& certificate) {
  const std::string der = certificate.der();
  const unsigned char* at = octets(der);
  return Handle<X509>(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
}

Handle<EVP_PKEY> plain(const PrivateKey& key) {
  const Secret pem = key.pem();
  const Handle<BIO> bio(BIO_new_mem_buf(pem.view().data(), static_cast<int>(pem.view().size())));
  return Handle<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

Handle<CMS_ContentInfo> plain(std::string_view object) {
  const unsigned char* at = octets(object);
  return Handle<CMS_ContentInfo>(d2i_CMS_ContentInfo(nullptr, &at, static_cast<long>(object.size())));
}

Handle<BIO> memory(std::string_view bytes) {
  return Handle<BIO>(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

void must(bool done) {
  if (!done) throw std::runtime_error(library_error("the test's own OpenSSL call failed").message);
}

void add_signer(CMS_ContentInfo* object, X509* certificate, EVP_PKEY* key, const Signing& how) {
  const bool rsa = EVP_PKEY_is_a(key, "RSA") == 1 || EVP_PKEY_is_a(key, "RSA-PSS") == 1;
  unsigned flags = CMS_BINARY | CMS_PARTIAL | how.flags;
  if (how.cades) flags |= CMS_CADES;
  if (!how.smime_capabilities) flags |= CMS_NOSMIMECAP;
  if (rsa && how.pss) flags |= CMS_KEY_PARAM;
  CMS_SignerInfo* const info = CMS_add1_signer(object, certificate, key, EVP_get_digestbyname(how.digest), flags);
  must(info != nullptr);
  if (rsa && how.pss) {
    EVP_PKEY_CTX* const options = CMS_SignerInfo_get0_pkey_ctx(info);
    must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, how.pss_salt) == 1);
  }
}

/// A SignedData by one signer, or two.
std::string finished(std::string_view content, X509* certificate, EVP_PKEY* key, const Signing& how) {
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | (how.detached ? CMS_DETACHED : 0U);
  const Handle<CMS_ContentInfo> object(CMS_sign(nullptr, nullptr, nullptr, nullptr, flags));
  must(object != nullptr);
  if (how.content_type != 0) must(CMS_set1_eContentType(object.get(), OBJ_nid2obj(how.content_type)) == 1);
  add_signer(object.get(), certificate, key, how);
  if (how.second != nullptr) {
    add_signer(object.get(), plain(how.second->certificate).get(), plain(how.second->key).get(), how);
  }
  must(CMS_final(object.get(), memory(content).get(), nullptr, flags) == 1);
  return to_der(object.get(), i2d_CMS_ContentInfo);
}

}  // namespace

std::string openssl_signs(std::string_view content, const Identity& identity, const Signing& how) {
  return finished(content, plain(identity.certificate).get(), plain(identity.key).get(), how);
}

std::string openssl_signs_as(std::string_view content, EVP_PKEY* key, const Certificate& template_of,
                             const Identity& issuer) {
  const auto certificate = plain(template_of);
  must(X509_set_pubkey(certificate.get(), key) == 1 &&
       X509_sign(certificate.get(), plain(issuer.key).get(), EVP_sha256()) > 0);
  return finished(content, certificate.get(), key, {});
}

bool openssl_verifies(std::string_view object, const Certificate& root) {
  const Handle<X509_STORE> store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), plain(root).get());
  X509_STORE_set_flags(store.get(), X509_V_FLAG_NO_CHECK_TIME);
  const auto parsed = plain(object);
  const bool verified =
      parsed != nullptr && CMS_verify(parsed.get(), nullptr, store.get(), nullptr, nullptr, CMS_BINARY) == 1;
  ERR_clear_error();
  return verified;
}

std::string openssl_seals(std::string_view content, const std::vector<Certificate>& recipients, const Sealing& how) {
  const EVP_CIPHER* const cipher = EVP_get_cipherbyname(how.cipher);
  const bool aead = (EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER) != 0;
  const Handle<CMS_ContentInfo> object(aead ? CMS_AuthEnvelopedData_create(cipher) : CMS_EnvelopedData_create(cipher));
  must(object != nullptr && CMS_set_detached(object.get(), 0) == 1);
  for (const Certificate& recipient : recipients) {
    CMS_RecipientInfo* const info =
        CMS_add1_recipient_cert(object.get(), plain(recipient).get(), CMS_KEY_PARAM | how.flags);
    must(info != nullptr);
    EVP_PKEY_CTX* const options = CMS_RecipientInfo_get0_pkey_ctx(info);
    if (CMS_RecipientInfo_type(info) != CMS_RECIPINFO_TRANS) {
      must(how.kdf == nullptr || EVP_PKEY_CTX_set_ecdh_kdf_md(options, EVP_get_digestbyname(how.kdf)) == 1);
    } else if (how.oaep) {
      must(EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_OAEP_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(options, EVP_get_digestbyname(how.oaep_digest)) == 1 &&
           EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_get_digestbyname(how.oaep_digest)) == 1);
    }
  }
  if (how.password) {
    auto* const password = static_cast<unsigned char*>(OPENSSL_malloc(1));
    *password = 'x';
    must(CMS_add0_recipient_password(object.get(), 1000, NID_id_alg_PWRI_KEK, -1, password, 1, EVP_aes_256_cbc()) !=
         nullptr);
  }
  must(CMS_final(object.get(), memory(content).get(), nullptr, CMS_BINARY) == 1);
  return to_der(object.get(), i2d_CMS_ContentInfo);
}

bool openssl_opens(std::string_view object, const Identity& recipient) {
  const auto parsed = plain(object);
  const Handle<BIO> out(BIO_new(BIO_s_null()));
  const bool opened =
      parsed != nullptr && CMS_decrypt(parsed.get(), plain(recipient.key).get(), plain(recipient.certificate).get(),
                                       nullptr, out.get(), CMS_BINARY) == 1;
  ERR_clear_error();
  return opened;
}

void set_key(X509* certificate, const PublicKey& key) {
  const std::string der = key.der();
  const unsigned char* at = octets(der);
  const Handle<EVP_PKEY> other(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  must(X509_set_pubkey(certificate, other.get()) == 1);
}

Certificate changed(const Certificate& template_of, const Identity& issuer, const std::function<void(x509_st*)>& change,
                    const char* digest) {
  const auto certificate = plain(template_of);
  change(certificate.get());
  must(X509_sign(certificate.get(), plain(issuer.key).get(), EVP_get_digestbyname(digest)) > 0);
  auto result = Certificate::from_der(to_der(certificate.get(), i2d_X509));
  REQUIRE_MESSAGE(result, why(result));
  return *result;
}

}  // namespace airlock::test
