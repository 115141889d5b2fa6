#include "crypto/cms_sign.hpp"

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/bio.hpp"
#include "crypto/signing.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

Result<void> check(const Signer& signer) {
  if (signer.key.kind() == KeyKind::ed25519) return fail(Code::bad_input, "an Ed25519 key cannot sign documents");
  if (!(signer.key.public_key() == signer.certificate.key())) {
    return fail(Code::bad_input, "the signing key does not belong to its certificate");
  }
  if (signer.chain.size() >= certificates_limit) return fail(Code::bad_input, "the signer's chain is too long");
  return {};
}

/// Selects RSASSA-PSS with MGF1 of the same digest and a salt of the digest's size (RFC 4056 3). OpenSSL's default
/// would be PKCS #1 v1.5.
bool set_pss(CMS_SignerInfo* info, const EVP_MD* digest) {
  // A placeholder. OpenSSL sets the algorithm when it signs, but to stream the object it has to encode it before that.
  X509_ALGOR* algorithm = nullptr;
  CMS_SignerInfo_get0_algs(info, nullptr, nullptr, nullptr, &algorithm);
  EVP_PKEY_CTX* const options = CMS_SignerInfo_get0_pkey_ctx(info);
  return X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_rsassaPss), V_ASN1_UNDEF, nullptr) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(options, digest) == 1 &&
         EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) == 1;
}

bool set_time(CMS_SignerInfo* info, Time time) {
  ASN1_TIME* const value = ASN1_TIME_set(nullptr, time.seconds);
  const bool done =
      value != nullptr && CMS_signed_add1_attr_by_NID(info, NID_pkcs9_signingTime, value->type, value, -1) == 1;
  ASN1_TIME_free(value);
  return done;
}

}  // namespace

Result<Handle<CMS_ContentInfo>> begin_signed(const Signer& signer, Content content) {
  AIRLOCK_CHECK(check(signer));
  const bool rsa = signer.key.kind() == KeyKind::rsa;
  const EVP_MD* const digest = signer.key.kind() == KeyKind::p384 ? EVP_sha384() : EVP_sha256();
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | (content == Content::streamed ? CMS_STREAM : 0U) |
                         (content == Content::detached ? CMS_DETACHED : 0U);
  // The digest has to be given to CMS_add1_signer: with CMS_CADES the default is a signingCertificate with SHA-1.
  const unsigned signer_flags = flags | CMS_NOSMIMECAP | CMS_CADES | (rsa ? CMS_KEY_PARAM : 0U);

  Handle<CMS_ContentInfo> object(CMS_sign_ex(nullptr, nullptr, nullptr, nullptr, flags, library(), nullptr));
  if (object == nullptr) return fail(library_error("signing failed"));
  CMS_SignerInfo* const info =
      CMS_add1_signer(object.get(), signer.certificate.handle(), signer.key.handle(), digest, signer_flags);
  bool done = info != nullptr && (!rsa || set_pss(info, digest)) && set_time(info, signer.time);
  for (const Certificate& authority : signer.chain) {
    done = done && CMS_add1_cert(object.get(), authority.handle()) == 1;
  }
  if (!done) return fail(library_error("signing failed"));
  return object;
}

namespace {

Result<std::string> sign_as(std::string_view content, const Signer& signer, Content as) {
  if (content.size() > sign_bytes_limit) return fail(Code::bad_input, "the content to be signed is too large");
  AIRLOCK_TRY(const auto object, begin_signed(signer, as));
  const Handle<BIO> source = memory_bio(content);
  const unsigned flags = CMS_BINARY | CMS_PARTIAL | (as == Content::detached ? CMS_DETACHED : 0U);
  if (CMS_final(object.get(), source.get(), nullptr, flags) != 1) {
    return fail(signing_error(signer.key.handle(), "signing failed"));
  }
  return to_der(object.get(), i2d_CMS_ContentInfo);
}

}  // namespace

Result<std::string> sign(std::string_view content, const Signer& signer) {
  return sign_as(content, signer, Content::whole);
}

Result<std::string> sign_detached(std::string_view content, const Signer& signer) {
  return sign_as(content, signer, Content::detached);
}

}  // namespace airlock::crypto
