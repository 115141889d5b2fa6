#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

#include "crypto/bio.hpp"
#include "crypto/cms.hpp"
#include "crypto/profile.hpp"
#include "crypto/trust.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

/// All certificates of the object except the signer's.
Result<std::vector<Certificate>> read_others(const SignedLayout& layout) {
  std::vector<Certificate> list;
  for (std::size_t i = 0; i < layout.certificates.size(); ++i) {
    if (i == layout.signer) continue;
    AIRLOCK_TRY(Certificate certificate, Certificate::from_der(layout.certificates[i]));
    list.push_back(std::move(certificate));
  }
  return list;
}

/// Whether the attribute signingCertificateV2 names this signer, and beside it only certificates that came with the
/// object or are trusted roots (RFC 5035 5.4). CMS_verify would check this with CMS_CADES, but would build and verify
/// the chain a second time for it.
bool names_chain(CMS_ContentInfo* object, const Certificate& signer, std::span<const Certificate> others,
                 const TrustStore& trust) {
  constexpr int must_be_the_only_one = -3;
  STACK_OF(CMS_SignerInfo)* const signers = CMS_get0_SignerInfos(object);
  if (sk_CMS_SignerInfo_num(signers) != 1) return false;
  const auto* const attribute = static_cast<const ASN1_STRING*>(CMS_signed_get0_data_by_OBJ(
      sk_CMS_SignerInfo_value(signers, 0), OBJ_nid2obj(NID_id_smime_aa_signingCertificateV2), must_be_the_only_one,
      V_ASN1_SEQUENCE));
  if (attribute == nullptr) return false;
  const unsigned char* at = ASN1_STRING_get0_data(attribute);
  const Handle<ESS_SIGNING_CERT_V2> named(d2i_ESS_SIGNING_CERT_V2(nullptr, &at, ASN1_STRING_length(attribute)));
  const Handle<STACK_OF(X509)> chain(sk_X509_new_null());
  ensure(chain != nullptr && sk_X509_push(chain.get(), signer.handle()) > 0, "chain");
  for (const Certificate& other : others) ensure(sk_X509_push(chain.get(), other.handle()) > 0, "chain");
  // Where exactly one certificate is trusted, it is the whole chain.
  const auto roots = trust.is_exact() ? std::span<const Certificate>() : std::span(trust.roots());
  for (const Certificate& root : roots) ensure(sk_X509_push(chain.get(), root.handle()) > 0, "chain");
  return named != nullptr && OSSL_ESS_check_signing_certs(nullptr, named.get(), chain.get(), 1) == 1;
}

/// Verifies the signature over `content` with OpenSSL, which gets only structures of the profile. The signer's chain
/// has been judged before.
Result<void> check_signature(const SignedLayout& layout, const core::Blob& content, const TrustStore& trust,
                             const Certificate& signer, std::span<const Certificate> others) {
  core::BlobSource source(content);
  BioSource from{source};
  const Handle<BIO> bio = reading_bio(from);
  const Handle<CMS_ContentInfo> object = parse_cms(detached(layout));
  const bool verified =
      object != nullptr && CMS_add1_cert(object.get(), signer.handle()) == 1 &&
      CMS_verify(object.get(), nullptr, nullptr, bio.get(), nullptr, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1 &&
      names_chain(object.get(), signer, others, trust);
  forget_errors();
  if (from.error) return fail(*std::move(from.error));
  if (!verified) return fail(Code::integrity, "the signature does not verify");
  return {};
}

}  // namespace

Verified::Verified(std::unique_ptr<core::Blob> content, std::vector<Certificate> chain, Time signing_time,
                   Time valid_from, Time valid_until)
    : content_(std::move(content)),
      chain_(std::move(chain)),
      signing_time_(signing_time),
      valid_from_(valid_from),
      valid_until_(valid_until) {}

namespace {

/// A blob that owns its bytes.
class OwnedBlob final : public core::Blob {
 public:
  explicit OwnedBlob(std::string_view bytes) : bytes_(bytes), blob_(bytes_) {}
  [[nodiscard]] std::uint64_t size() const override { return blob_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    return blob_.read_at(offset, into);
  }

 private:
  std::string bytes_;
  core::MemoryBlob blob_;
};

Result<Verified> verify_layout(const SignedLayout& layout, std::unique_ptr<core::Blob> content,
                               const TrustFor& trust_for) {
  AIRLOCK_TRY(Certificate signer, Certificate::from_der(layout.certificates[layout.signer]));
  if (signer.key().kind() != layout.kind) {
    return fail(Code::bad_input, "is not a signed object: its signature algorithm does not fit the signer's key");
  }
  AIRLOCK_TRY(const TrustStore trust, trust_for(signer));
  std::vector<Certificate> others;
  // A registered certificate needs no chain, so the other certificates are not read.
  if (!trust.is_exact()) {
    AIRLOCK_TRY(others, read_others(layout));
  }
  AIRLOCK_TRY(const Validity validity, judge(trust, signer, others));
  AIRLOCK_CHECK(check_signature(layout, *content, trust, signer, others));
  others.insert(others.begin(), std::move(signer));
  return Verified(std::move(content), std::move(others), layout.signing_time, validity.from, validity.until);
}

}  // namespace

Result<Verified> verify(const core::Blob& object, const TrustFor& trust_for) {
  AIRLOCK_TRY(SignedLayout layout, read_signed(object));
  auto content = std::make_unique<RangesBlob>(object, std::move(layout.content));
  return verify_layout(layout, std::move(content), trust_for);
}

Result<Verified> verify(const core::Blob& object, const TrustStore& trust) {
  return verify(object, [&](const Certificate&) { return trust; });
}

Result<Verified> verify_detached(const core::Blob& object, std::string_view content, const TrustFor& trust_for) {
  AIRLOCK_TRY(const SignedLayout layout, read_signed(object, ContentPlace::elsewhere));
  return verify_layout(layout, std::make_unique<OwnedBlob>(content), trust_for);
}

Result<Verified> verify_detached(const core::Blob& object, std::string_view content, const TrustStore& trust) {
  return verify_detached(object, content, [&](const Certificate&) { return trust; });
}

Result<Verified> verify_presented(const core::Blob& object, Role role) {
  return verify(object, [role](const Certificate& presented) { return TrustStore::exactly(role, {presented}); });
}

}  // namespace airlock::crypto
