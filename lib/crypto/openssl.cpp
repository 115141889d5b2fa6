#include "crypto/openssl.hpp"

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <atomic>
#include <stdexcept>

#include "crypto/start.hpp"

namespace airlock::crypto {
namespace {

enum class ProcessOwner : std::uint8_t { undeclared, airlock, somebody_else };
std::atomic<ProcessOwner> owner{ProcessOwner::undeclared};

bool forbid_configuration() noexcept {
  return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr) == 1;
}

}  // namespace

void run_as_guest() noexcept {
  // OpenSSL must not clean up at exit unless the host wants it: other threads may still be working then.
  (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
  owner.store(ProcessOwner::somebody_else, std::memory_order_relaxed);
}

void run_as_owner() noexcept {
  // OpenSSL copies its table of cipher names when it starts. With the three that are used, and not 130, it starts
  // faster.
  if (forbid_configuration() && OPENSSL_init_crypto(OPENSSL_INIT_NO_ADD_ALL_CIPHERS, nullptr) == 1 &&
      EVP_add_cipher(EVP_aes_256_gcm()) == 1 && EVP_add_cipher(EVP_aes_256_wrap()) == 1 &&
      EVP_add_cipher(EVP_aes_256_cbc()) == 1) {
    owner.store(ProcessOwner::airlock, std::memory_order_relaxed);
  }
}

void Free::operator()(bio_st* chain) const noexcept { BIO_free_all(chain); }
void Free::operator()(CMS_ContentInfo_st* object) const noexcept { CMS_ContentInfo_free(object); }
void Free::operator()(ESS_signing_cert_v2_st* object) const noexcept { ESS_SIGNING_CERT_V2_free(object); }
void Free::operator()(evp_mac_ctx_st* object) const noexcept { EVP_MAC_CTX_free(object); }
void Free::operator()(evp_md_st* object) const noexcept { EVP_MD_free(object); }
void Free::operator()(evp_md_ctx_st* object) const noexcept { EVP_MD_CTX_free(object); }
void Free::operator()(evp_pkey_st* object) const noexcept { EVP_PKEY_free(object); }
void Free::operator()(PBE2PARAM_st* object) const noexcept { PBE2PARAM_free(object); }
void Free::operator()(PBKDF2PARAM_st* object) const noexcept { PBKDF2PARAM_free(object); }
void Free::operator()(pkcs8_priv_key_info_st* object) const noexcept { PKCS8_PRIV_KEY_INFO_free(object); }
void Free::operator()(stack_st_X509* object) const noexcept { sk_X509_free(object); }
void Free::operator()(X509_crl_st* object) const noexcept { X509_CRL_free(object); }
void Free::operator()(X509_sig_st* object) const noexcept { X509_SIG_free(object); }
void Free::operator()(x509_st* object) const noexcept { X509_free(object); }
void Free::operator()(x509_store_ctx_st* object) const noexcept { X509_STORE_CTX_free(object); }
void Free::operator()(x509_store_st* object) const noexcept { X509_STORE_free(object); }

ossl_lib_ctx_st* library() {
  // Never freed, since static objects that are destroyed at exit may still use it. In a guest OpenSSL may read the file
  // that OPENSSL_CONF names, but into the default context, which a guest does not use.
  static ossl_lib_ctx_st* const context = [] {
    const ProcessOwner declared = owner.load(std::memory_order_relaxed);
    if (declared == ProcessOwner::undeclared) ensure(forbid_configuration(), "start");
    ossl_lib_ctx_st* const made =
        declared == ProcessOwner::airlock ? OSSL_LIB_CTX_get0_global_default() : OSSL_LIB_CTX_new();
    ensure(made != nullptr, "start");
    return made;
  }();
  return context;
}

core::Error library_error(std::string_view what) {
  std::string message(what);
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  if (reason != nullptr) message.append(": ").append(reason);
  forget_errors();
  return {core::Code::unexpected, std::move(message), {}};
}

void ensure(bool done, std::string_view what) {
  if (done) return;
  throw std::runtime_error(library_error("libcrypto: " + std::string(what) + " failed").message);
}

void forget_errors() { ERR_clear_error(); }

Handle<CMS_ContentInfo> parse_cms(std::string_view encoding) {
  CMS_ContentInfo* object = CMS_ContentInfo_new_ex(library(), nullptr);
  ensure(object != nullptr, "CMS");
  const unsigned char* at = octets(encoding);
  d2i_CMS_ContentInfo(&object, &at,
                      static_cast<long>(encoding.size()));  // frees `object` and sets it to null if it fails
  Handle<CMS_ContentInfo> parsed(object);
  forget_errors();
  if (at != octets(encoding) + encoding.size()) return nullptr;
  return parsed;
}

}  // namespace airlock::crypto
