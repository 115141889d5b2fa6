#include <openssl/cms.h>

#include "crypto/bio.hpp"
#include "crypto/cms.hpp"
#include "crypto/profile.hpp"
#include "crypto/trust.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

Result<std::vector<Certificate>> others(const SignedLayout& layout) {
  std::vector<Certificate> list;
  for (std::size_t i = 0; i < layout.certificates.size(); ++i) {
    if (i == layout.signer) continue;
    AIRLOCK_TRY(Certificate certificate, Certificate::from_der(layout.certificates[i]));
    list.push_back(std::move(certificate));
  }
  return list;
}

/// Verifies the signature over `content` with OpenSSL, which sees the profile's structures and nothing else.
Result<void> check_signature(const std::string& object, const core::Blob& content, X509_STORE* store) {
  core::BlobSource source(content);
  BioSource from{source};
  const Handle<BIO> bio = reading_bio(from);
  const Handle<CMS_ContentInfo> parsed = parse_cms(object);
  const bool verified =
      parsed != nullptr && CMS_verify(parsed.get(), nullptr, store, bio.get(), nullptr, CMS_BINARY | CMS_CADES) == 1;
  forget_errors();
  if (from.error) return fail(*std::move(from.error));
  if (!verified) return fail(Code::integrity, "the signature does not verify");
  return {};
}

}  // namespace

Verified::Verified(std::unique_ptr<core::Blob> content, Certificate signer, Time signing_time, Time valid_from,
                   Time valid_until)
    : content_(std::move(content)),
      signer_(std::move(signer)),
      signing_time_(signing_time),
      valid_from_(valid_from),
      valid_until_(valid_until) {}

Result<Verified> verify(const core::Blob& object, const TrustStore& trust) {
  AIRLOCK_TRY(SignedLayout layout, read_signed(object));
  if (trust.is_exact()) {  // the registered certificate needs no other, so nobody looks at the others
    layout.certificates = {layout.certificates[layout.signer]};
    layout.signer = 0;
  }
  AIRLOCK_TRY(Certificate signer, Certificate::from_der(layout.certificates[layout.signer]));
  AIRLOCK_TRY(const auto authorities, others(layout));
  if (signer.key().kind() != layout.kind) {
    return fail(Code::bad_input, "is not a signed object: its signature algorithm does not fit the signer's key");
  }
  const Handle<X509_STORE> store = open_store(trust);
  AIRLOCK_TRY(const Validity validity, judge(trust, store.get(), signer, authorities));
  auto content = std::make_unique<RangesBlob>(object, std::move(layout.content));
  AIRLOCK_CHECK(check_signature(detached(layout), *content, store.get()));
  return Verified(std::move(content), std::move(signer), layout.signing_time, validity.from, validity.until);
}

Result<Verified> verify_presented(const core::Blob& object, Role role) {
  AIRLOCK_TRY(const SignedLayout layout, read_signed(object));
  AIRLOCK_TRY(auto signer, Certificate::from_der(layout.certificates[layout.signer]));
  return verify(object, TrustStore::exactly(role, {std::move(signer)}));
}

}  // namespace airlock::crypto
