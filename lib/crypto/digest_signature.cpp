#include "crypto/digest_signature.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>

#include "crypto/openssl.hpp"
#include "crypto/signing.hpp"

namespace airlock::crypto {
namespace {

using core::Code;
using core::fail;

struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_PKEY_CTX, FreeContext>;

bool set_options(EVP_PKEY_CTX* context, KeyKind kind) {
  const EVP_MD* const digest = kind == KeyKind::p384 ? EVP_sha384() : EVP_sha256();
  if (kind != KeyKind::rsa) return EVP_PKEY_CTX_set_signature_md(context, digest) == 1;
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_signature_md(context, digest) == 1 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

std::size_t digest_bytes(KeyKind kind) {
  if (kind == KeyKind::ed25519) return 0;
  return kind == KeyKind::p384 ? 48 : 32;
}

Result<std::string> sign_digest(const PrivateKey& key, std::string_view digest) {
  if (digest.empty() || digest.size() != digest_bytes(key.kind())) {
    return fail(Code::bad_input, "is not a digest that this key signs");
  }
  const Context context(EVP_PKEY_CTX_new_from_pkey(library(), key.handle(), nullptr));
  std::string signature(static_cast<std::size_t>(std::max(0, EVP_PKEY_get_size(key.handle()))), '\0');
  std::size_t size = signature.size();
  if (context == nullptr || EVP_PKEY_sign_init(context.get()) != 1 || !set_options(context.get(), key.kind()) ||
      EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, octets(digest),
                    digest.size()) != 1) {
    return fail(signing_error(key.handle(), "the key does not sign"));
  }
  signature.resize(size);
  return signature;
}

bool is_signature_of_digest(const PublicKey& key, std::string_view digest, std::string_view signature) {
  const Context context(EVP_PKEY_CTX_new_from_pkey(library(), key.handle(), nullptr));
  const bool holds =
      context != nullptr && EVP_PKEY_verify_init(context.get()) == 1 && set_options(context.get(), key.kind()) &&
      EVP_PKEY_verify(context.get(), octets(signature), signature.size(), octets(digest), digest.size()) == 1;
  forget_errors();
  return holds;
}

}  // namespace airlock::crypto
