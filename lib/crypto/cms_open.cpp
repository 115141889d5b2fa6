#include <openssl/cms.h>

#include <array>

#include "crypto/bio.hpp"
#include "crypto/cms.hpp"
#include "crypto/opening_check.hpp"
#include "crypto/profile.hpp"

namespace airlock::crypto {

using core::Code;
using core::fail;

namespace {

/// The one RecipientInfo for the certificate `me`.
Result<RecipientLayout> find_recipient(const SealedLayout& layout, const Certificate& me) {
  const std::string id = issuer_and_serial(me.der());
  const RecipientLayout* found = nullptr;
  for (const RecipientLayout& recipient : layout.recipients) {
    if (recipient.id != id) continue;
    if (found != nullptr) return fail(Code::bad_input, "is not a sealed object: it names one recipient twice");
    found = &recipient;
  }
  if (found == nullptr) return fail(Code::refused, "is not sealed for this key");
  if (found->kind != me.key().kind()) {
    return fail(Code::bad_input, "is not a sealed object: its recipient does not fit the recipient's key");
  }
  return *found;
}

/// Decrypts with OpenSSL. `object` is what `detached` made: structures of the profile, with one recipient.
Result<void> decrypt(const std::string& object, const core::Blob& ciphertext, const PrivateKey& key,
                     const Certificate& me, core::Sink& inner) {
  const auto refuse = [] {
    forget_errors();
    return fail(Code::integrity, "the sealed content does not verify: it was altered, or sealed for another key");
  };
  const Handle<CMS_ContentInfo> parsed = parse_cms(object);
  if (parsed == nullptr || CMS_decrypt_set1_pkey_and_peer(parsed.get(), key.handle(), me.handle(), nullptr) != 1) {
    return refuse();
  }
  core::BlobSource source(ciphertext);
  BioSource from{source};
  Handle<BIO> end = reading_bio(from);
  const Handle<BIO> chain(CMS_dataInit(parsed.get(), end.get()));
  if (chain == nullptr) return refuse();
  (void)end.release();  // the chain owns it now

  std::array<char, core::copy_piece> buffer;
  int got = 0;
  while ((got = BIO_read(chain.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0) {
    AIRLOCK_CHECK(inner.write({buffer.data(), static_cast<std::size_t>(got)}));
  }
  if (from.error) return fail(*std::move(from.error));
  if (got < 0 || BIO_get_cipher_status(chain.get()) != 1) return refuse();
  forget_errors();
  return {};
}

}  // namespace

Result<void> open_if(const std::function<Result<void>()>& is_safe, const core::Blob& sealed, const PrivateKey& key,
                     const Certificate& me, core::Sink& inner) {
  AIRLOCK_TRY(SealedLayout layout, read_sealed(sealed));
  if (!(key.public_key() == me.key())) {
    return fail(Code::bad_input, "the opening key does not belong to its certificate");
  }
  AIRLOCK_TRY(const RecipientLayout recipient, find_recipient(layout, me));
  AIRLOCK_CHECK(is_safe());
  const RangesBlob ciphertext(sealed, std::move(layout.ciphertext));
  return decrypt(detached(layout, recipient), ciphertext, key, me, inner);
}

Result<void> open(const core::Blob& sealed, const PrivateKey& key, const Certificate& me, core::Sink& inner) {
  return open_if(opening_is_safe, sealed, key, me, inner);
}

Result<std::set<std::string, std::less<>>> recipients_of(const core::Blob& sealed) {
  AIRLOCK_TRY(SealedLayout layout, read_sealed(sealed));
  std::set<std::string, std::less<>> out;
  for (RecipientLayout& recipient : layout.recipients) {
    if (!out.insert(std::move(recipient.id)).second) {
      return fail(Code::bad_input, "is not a sealed object: it names one recipient twice");
    }
  }
  return out;
}

std::string recipient_name(const Certificate& certificate) { return issuer_and_serial(certificate.der()); }

}  // namespace airlock::crypto
