#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <set>

#include "core/text.hpp"
#include "crypto/bio.hpp"
#include "crypto/cms_sign.hpp"
#include "crypto/profile.hpp"
#include "crypto/signing.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

constexpr std::size_t piece = core::copy_piece;

Result<void> check(std::span<const Certificate> recipients, RecipientUsage usage) {
  if (recipients.empty() || recipients.size() > recipients_limit) {
    return fail(Code::bad_input, "a sealed object must have 1 to " + std::to_string(recipients_limit) + " recipients");
  }
  std::set<std::string> names;
  for (const Certificate& recipient : recipients) {
    const std::string who = "the recipient " + core::quote(recipient.subject());
    if (usage == RecipientUsage::role && !recipient.has_role(Role::recipient)) {
      return fail(Code::bad_input, who + " is not for the role " + core::quote(name(Role::recipient)));
    }
    if (!recipient.may_receive()) return fail(Code::bad_input, who + " has a key or key usage that cannot receive");
    if (!names.insert(issuer_and_serial(recipient.der())).second) return fail(Code::bad_input, who + " is named twice");
  }
  return {};
}

/// Every parameter is set here: OpenSSL's defaults are PKCS #1 v1.5 and a key derivation with SHA-1.
bool add_recipient(CMS_ContentInfo* object, const Certificate& recipient) {
  CMS_RecipientInfo* const info = CMS_add1_recipient_cert(object, recipient.handle(), CMS_KEY_PARAM);
  if (info == nullptr) return false;
  EVP_PKEY_CTX* const options = CMS_RecipientInfo_get0_pkey_ctx(info);
  switch (recipient.key().kind()) {
    case KeyKind::p256:
      return EVP_PKEY_CTX_set_ecdh_kdf_md(options, EVP_sha256()) == 1;
    case KeyKind::p384:
      return EVP_PKEY_CTX_set_ecdh_kdf_md(options, EVP_sha384()) == 1;
    case KeyKind::rsa:
      return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_OAEP_PADDING) == 1 &&
             EVP_PKEY_CTX_set_rsa_oaep_md(options, EVP_sha256()) == 1 &&
             EVP_PKEY_CTX_set_rsa_mgf1_md(options, EVP_sha256()) == 1;
    case KeyKind::ed25519:
      break;
  }
  return false;
}

Result<Handle<CMS_ContentInfo>> begin_sealed(std::span<const Certificate> recipients) {
  Handle<CMS_ContentInfo> object(CMS_AuthEnvelopedData_create_ex(EVP_aes_256_gcm(), library(), nullptr));
  bool done = object != nullptr && CMS_set_detached(object.get(), 0) == 1;
  for (const Certificate& recipient : recipients) done = done && add_recipient(object.get(), recipient);
  if (!done) return fail(library_error("sealing failed"));
  return object;
}

/// `front` before `back`, as one chain.
Handle<BIO> join(Handle<BIO> front, Handle<BIO> back) {
  ensure(front != nullptr, "BIO");
  BIO_push(front.get(), back.release());
  return front;
}

/// Collects small writes before `back`, which makes one piece of an octet string of each write that it gets.
Handle<BIO> buffered(Handle<BIO> back) {
  Handle<BIO> buffer(BIO_new(BIO_f_buffer()));
  ensure(buffer != nullptr && BIO_set_write_buffer_size(buffer.get(), static_cast<long>(piece)) == 1, "BIO");
  return join(std::move(buffer), std::move(back));
}

/// What is written to the result becomes the content of `object`, whose encoding goes to `back`.
Handle<BIO> layer(CMS_ContentInfo* object, Handle<BIO> back) {
  BIO* const front = BIO_new_CMS(back.get(), object);
  if (front != nullptr) (void)back.release();  // the new chain owns it
  return Handle<BIO>(front);
}

/// content → SignedData → AuthEnvelopedData → sink, in one pass. OpenSSL builds both structures as it writes. Without
/// `outer` the second one is left out.
class CmsSealStream final : public SealStream {
 public:
  CmsSealStream(core::Sink& out, const PrivateKey& key, Handle<CMS_ContentInfo> inner, Handle<CMS_ContentInfo> outer)
      : to_{out}, key_(key.handle()), inner_(std::move(inner)), outer_(std::move(outer)) {
    EVP_PKEY_up_ref(key_.get());
  }

  Result<void> start() {
    Handle<BIO> back = writing_bio(to_);
    if (outer_ != nullptr) {
      back = layer(outer_.get(), buffered(std::move(back)));
      if (back == nullptr) return failed();
    }
    Handle<BIO> signing = layer(inner_.get(), buffered(std::move(back)));
    if (signing == nullptr) return failed();
    chain_ = buffered(std::move(signing));
    return {};
  }

  Result<void> write(std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto part = bytes.substr(0, piece);
      if (BIO_write(chain_.get(), part.data(), static_cast<int>(part.size())) != static_cast<int>(part.size())) {
        return failed();
      }
      bytes.remove_prefix(part.size());
      empty_ = false;
    }
    return {};
  }

  Result<void> finish() override {
    if (empty_) return fail(Code::bad_input, "there is nothing to seal");  // OpenSSL cannot stream that
    // The flush goes through all layers, and each completes its structure before the next one.
    if (BIO_flush(chain_.get()) != 1 || to_.error) return failed();
    chain_.reset();
    return {};
  }

 private:
  tl::unexpected<core::Error> failed() {
    core::Error error = signing_error(key_.get(), "sealing failed");
    return fail(to_.error ? *to_.error : std::move(error));
  }

  BioSink to_;
  bool empty_ = true;
  Handle<EVP_PKEY> key_;  // for `signing_error`
  Handle<CMS_ContentInfo> inner_;
  Handle<CMS_ContentInfo> outer_;
  Handle<BIO> chain_;  // last, so that it is freed before the objects that it refers to
};

Result<std::unique_ptr<SealStream>> begin_stream(core::Sink& out, const Signer& signer, Handle<CMS_ContentInfo> outer) {
  AIRLOCK_TRY(auto inner, begin_signed(signer, Content::streamed));
  auto stream = std::make_unique<CmsSealStream>(out, signer.key, std::move(inner), std::move(outer));
  AIRLOCK_CHECK(stream->start());
  return stream;
}

}  // namespace

Result<std::unique_ptr<SealStream>> seal(core::Sink& out, const Signer& signer, std::span<const Certificate> recipients,
                                         RecipientUsage usage) {
  AIRLOCK_CHECK(check(recipients, usage));
  AIRLOCK_TRY(auto outer, begin_sealed(recipients));
  return begin_stream(out, signer, std::move(outer));
}

Result<std::unique_ptr<SealStream>> sign_stream(core::Sink& out, const Signer& signer) {
  return begin_stream(out, signer, nullptr);
}

}  // namespace airlock::crypto
