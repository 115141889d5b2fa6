#pragma once
/// \file
/// For this module's own .cpp files: how OpenSSL is started, owned and asked what went wrong. Forward declarations
/// only, so that no OpenSSL header stands in one of ours.
///
/// The library runs with its built-in provider and no configuration, in a context of its own unless the process is
/// Airlock's (crypto/start.hpp): neither `openssl.cnf` nor OPENSSL_CONF and OPENSSL_MODULES change what is accepted here.

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

/// Gives an OpenSSL object back to the library.
struct Free {
  void operator()(bio_st* chain) const noexcept;  ///< with everything behind it
  void operator()(CMS_ContentInfo_st* object) const noexcept;
  void operator()(ESS_signing_cert_v2_st* object) const noexcept;
  void operator()(evp_mac_ctx_st* object) const noexcept;
  void operator()(evp_md_st* object) const noexcept;
  void operator()(evp_md_ctx_st* object) const noexcept;
  void operator()(evp_pkey_st* object) const noexcept;
  void operator()(PBE2PARAM_st* object) const noexcept;
  void operator()(PBKDF2PARAM_st* object) const noexcept;
  void operator()(pkcs8_priv_key_info_st* object) const noexcept;
  void operator()(stack_st_X509* object) const noexcept;  ///< the stack, not its certificates
  void operator()(X509_crl_st* object) const noexcept;
  void operator()(X509_sig_st* object) const noexcept;
  void operator()(x509_st* object) const noexcept;
  void operator()(x509_store_ctx_st* object) const noexcept;
  void operator()(x509_store_st* object) const noexcept;
};
template <typename T>
using Handle = std::unique_ptr<T, Free>;

/// The context that every object of this module is made in. Starts the library on first use; lives as long as the
/// process. Throws where the library cannot be started.
[[nodiscard]] ossl_lib_ctx_st* library();

/// An `unexpected` error: `what`, and the library's reason if it left one. Empties the library's error queue.
[[nodiscard]] core::Error library_error(std::string_view what);

/// Throws std::runtime_error unless `done`: for calls that fail only when memory runs out or the build is broken.
void ensure(bool done, std::string_view what);

/// Empties the library's error queue. An error that was expected must not be found there by somebody else.
void forget_errors();

/// A CMS object from its encoding; null where it is none, or where bytes follow it.
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

/// Bytes as OpenSSL wants to see them.
inline const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace airlock::crypto
