#include "crypto/signature.hpp"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/openssl.hpp"

namespace airlock::crypto {

bool is_signature(const PublicKey& key, std::string_view message, std::string_view signature) {
  const char* digest = "SHA2-256";
  if (key.kind() == KeyKind::p384) digest = "SHA2-384";
  if (key.kind() == KeyKind::ed25519) digest = nullptr;
  const Handle<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;
  bool holds = context != nullptr &&
               EVP_DigestVerifyInit_ex(context.get(), &options, digest, library(), nullptr, key.handle(), nullptr) == 1;
  if (key.kind() == KeyKind::rsa) {
    holds = holds && EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
            EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
  }
  holds = holds &&
          EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message), message.size()) == 1;
  forget_errors();
  return holds;
}

}  // namespace airlock::crypto
