#pragma once
/// \file
/// Starting OpenSSL, owning its objects and translating its errors, for this module's own .cpp files. OpenSSL's types
/// are only declared here, so that none of our headers includes one of OpenSSL's.
///
/// OpenSSL runs with its default provider and without a configuration: `openssl.cnf`, OPENSSL_CONF and OPENSSL_MODULES
/// do not change what Airlock accepts. It runs in a context of its own unless the process is Airlock's
/// (crypto/start.hpp).

#include <memory>
#include <string>
#include <string_view>

#include "core/result.hpp"

struct bio_st;
struct bio_method_st;
struct CMS_ContentInfo_st;
struct ESS_signing_cert_v2_st;
struct evp_mac_ctx_st;
struct evp_md_st;
struct evp_md_ctx_st;
struct evp_pkey_st;
struct ossl_lib_ctx_st;
struct PBE2PARAM_st;
struct PBKDF2PARAM_st;
struct pkcs8_priv_key_info_st;
struct stack_st_X509;
struct X509_crl_st;
struct X509_sig_st;
struct x509_st;
struct x509_store_ctx_st;
struct x509_store_st;

namespace airlock::crypto {

/// Frees an object of OpenSSL's.
struct Free {
  void operator()(bio_st* chain) const noexcept;  ///< all BIOs of the chain
  void operator()(CMS_ContentInfo_st* object) const noexcept;
  void operator()(ESS_signing_cert_v2_st* object) const noexcept;
  void operator()(evp_mac_ctx_st* object) const noexcept;
  void operator()(evp_md_st* object) const noexcept;
  void operator()(evp_md_ctx_st* object) const noexcept;
  void operator()(evp_pkey_st* object) const noexcept;
  void operator()(PBE2PARAM_st* object) const noexcept;
  void operator()(PBKDF2PARAM_st* object) const noexcept;
  void operator()(pkcs8_priv_key_info_st* object) const noexcept;
  void operator()(stack_st_X509* object) const noexcept;  ///< the stack, but not its certificates
  void operator()(X509_crl_st* object) const noexcept;
  void operator()(X509_sig_st* object) const noexcept;
  void operator()(x509_st* object) const noexcept;
  void operator()(x509_store_ctx_st* object) const noexcept;
  void operator()(x509_store_st* object) const noexcept;
};
template <typename T>
using Handle = std::unique_ptr<T, Free>;

/// The context in which this module makes every object. The first call starts OpenSSL; the context lives as long as the
/// process. Throws std::runtime_error if OpenSSL does not start.
[[nodiscard]] ossl_lib_ctx_st* library();

/// An error of code `unexpected`: `what`, and OpenSSL's reason if there is one. Empties OpenSSL's error queue.
[[nodiscard]] core::Error library_error(std::string_view what);

/// Throws std::runtime_error unless `done`. For calls that fail only when memory runs out or the build is broken.
void ensure(bool done, std::string_view what);

/// Empties OpenSSL's error queue, so that later code does not find an error there that was expected here.
void forget_errors();

/// Reads the encoding of a CMS object. Null if it is not one, or if bytes follow it.
[[nodiscard]] Handle<CMS_ContentInfo_st> parse_cms(std::string_view encoding);

/// Calls one of OpenSSL's `i2d` functions and returns the DER.
template <typename T, typename Encode>
std::string to_der(const T* object, Encode encode) {
  const int size = encode(object, nullptr);
  ensure(size > 0, "encoding");
  std::string der(static_cast<std::size_t>(size), '\0');
  auto* at = reinterpret_cast<unsigned char*>(der.data());
  ensure(encode(object, &at) == size, "encoding");
  return der;
}

/// The bytes as the type that OpenSSL's functions take.
inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace airlock::crypto
