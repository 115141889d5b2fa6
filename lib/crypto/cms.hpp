#pragma once
/// \file
/// CMS (RFC 5652): everything that Airlock signs or seals is a CMS object of the profile in docs/formats/cms.md. It has
/// one signer with signed attributes, embedded content, AES-256-GCM (RFC 5083, RFC 5084) and listed algorithms only. A
/// strict reader of our own refuses everything else before any key is used, because OpenSSL would accept much of it.
///
/// A CMS object is not the only encoding of its content: the parts for other recipients, for instance, can be altered
/// unnoticed. So nothing may be identified by the digest of a CMS file.

#include <functional>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"

namespace airlock::crypto {

/// What a signature is made with.
struct Signer {
  const PrivateKey& key;
  const Certificate& certificate;
  Time time;                                ///< the signingTime that the signature claims
  std::span<const Certificate> chain = {};  ///< the authorities between certificate and root, without the root
};

/// The maximum size of content for `sign`, in bytes. `seal` streams content of any size.
inline constexpr std::size_t sign_bytes_limit = 1 << 30;

/// Signs `content`; returns SignedData in DER. Errors: bad_input if the key is not the certificate's, is Ed25519, or if
/// chain or content are too large; the error of a delegated key's signer (crypto/delegate.hpp); otherwise unexpected.
[[nodiscard]] Result<std::string> sign(std::string_view content, const Signer& signer);

/// Signs `content` and leaves it out of the SignedData: a detached signature. Errors: as `sign`.
[[nodiscard]] Result<std::string> sign_detached(std::string_view content, const Signer& signer);

/// A SignedData that was verified. Its content is read from the object, which must outlive this.
class Verified {
 public:
  /// The signed bytes.
  [[nodiscard]] const core::Blob& content() const { return *content_; }
  [[nodiscard]] const Certificate& signer() const { return chain_.front(); }
  /// The signer's certificate and then the authorities above it, without the root. A registered signer is alone. The
  /// caller has to ask whether one of them was revoked (`revoked_in`).
  [[nodiscard]] const std::vector<Certificate>& chain() const { return chain_; }
  /// When the signer claims to have signed.
  [[nodiscard]] Time signing_time() const { return signing_time_; }
  /// Whether every certificate of the chain was valid at `time`, the root too.
  [[nodiscard]] bool chain_valid_at(Time time) const { return valid_from_ <= time && time <= valid_until_; }
  [[nodiscard]] Time valid_from() const { return valid_from_; }
  [[nodiscard]] Time valid_until() const { return valid_until_; }

  Verified(std::unique_ptr<core::Blob> content, std::vector<Certificate> chain, Time signing_time, Time valid_from,
           Time valid_until);

 private:
  std::unique_ptr<core::Blob> content_;
  std::vector<Certificate> chain_;
  Time signing_time_;
  Time valid_from_;
  Time valid_until_;
};

/// Verifies SignedData (DER, or BER if it was streamed) against `trust`: profile, signature, chain and role. It does
/// not judge times: the caller asks `chain_valid_at` for the time that matters for its document, such as the `issued`
/// of a licence. Errors: bad_input if the object is not SignedData of the profile; integrity if signature, chain or
/// role fail.
[[nodiscard]] Result<Verified> verify(const core::Blob& object, const TrustStore& trust);

/// Verifies a detached signature over `content`, of which the result has a copy. Errors: as `verify`; bad_input if the
/// object has content of its own.
[[nodiscard]] Result<Verified> verify_detached(const core::Blob& object, std::string_view content,
                                               const TrustStore& trust);

/// Whom to trust where an object presents this certificate as its signer's. Nothing has verified the certificate yet.
using TrustFor = std::function<Result<TrustStore>(const Certificate& presented)>;
/// The same for a verifier who knows too many signers to have a store of them all. Errors: those of `trust_for` too.
[[nodiscard]] Result<Verified> verify(const core::Blob& object, const TrustFor& trust_for);
[[nodiscard]] Result<Verified> verify_detached(const core::Blob& object, std::string_view content,
                                               const TrustFor& trust_for);

/// Verifies SignedData against the certificate in it, which must be for `role`. This proves that whoever has the key of
/// `signer()` signed the content, and nothing about who that is. For requests whose fingerprint people compare. Errors:
/// as `verify`.
[[nodiscard]] Result<Verified> verify_presented(const core::Blob& object, Role role);

/// The maximum number of recipients of a sealed object.
inline constexpr std::size_t recipients_limit = 64;

/// Signs what is written to it, and seals it if there are recipients, in one pass and with constant memory: SignedData,
/// or AuthEnvelopedData around SignedData, in BER. What it has written is of no use before `finish` has succeeded. An
/// error of its output is returned unchanged.
class SealStream : public core::Sink {
 public:
  /// Completes the object. Errors: as `write`; bad_input if nothing was written; as `sign`.
  [[nodiscard]] virtual Result<void> finish() = 0;
};
/// Whether recipients must have the role `recipient`. People outside, such as auditors, have certificates of their own.
enum class RecipientUsage : std::uint8_t { role, any };
/// Begins a signed and sealed object, which is written to `out`; that must outlive the stream. Recipients have keys on
/// P-256 or P-384 (ECDH) or of RSA (OAEP). Errors: as `sign`; bad_input if there is no recipient, more than
/// `recipients_limit`, one twice, or one that may not receive by role, key usage or kind of key.
[[nodiscard]] Result<std::unique_ptr<SealStream>> seal(core::Sink& out, const Signer& signer,
                                                       std::span<const Certificate> recipients,
                                                       RecipientUsage usage = RecipientUsage::role);
/// Begins a signed object without encryption, which is written to `out`; that must outlive the stream. For content of
/// any size: SignedData in BER. Errors: as `sign`.
[[nodiscard]] Result<std::unique_ptr<SealStream>> sign_stream(core::Sink& out, const Signer& signer);

/// Opens a sealed object as the recipient `me` and writes the SignedData in it to `inner`. After an error the content
/// of `inner` must be discarded unread. Everything outside the profile is refused before any key is used, and nothing
/// is opened where OpenSSL is not safe (`opening_is_safe`). Errors: bad_input (not of the profile, or `key` is not the
/// key of `me`); integrity (the tag or the wrapped key does not verify, or OpenSSL is not safe); refused (`me` is not a
/// recipient); those of `inner`.
[[nodiscard]] Result<void> open(const core::Blob& sealed, const PrivateKey& key, const Certificate& me,
                                core::Sink& inner);

/// The names of the recipients in a sealed object, to be compared with `recipient_name` and not to be shown. Nobody has
/// signed them. Error: bad_input (not of the profile, or one recipient twice).
[[nodiscard]] Result<std::set<std::string, std::less<>>> recipients_of(const core::Blob& sealed);
/// The name by which a sealed object refers to a certificate: issuer and serial number, DER.
[[nodiscard]] std::string recipient_name(const Certificate& certificate);

/// Whether the installed OpenSSL opens a sound object and refuses two forged ones: one with its content cipher
/// rewritten to OFB, one with its tag cut to one byte. Tried once in a process. Error: integrity, with the hint to
/// upgrade OpenSSL.
[[nodiscard]] Result<void> opening_is_safe();

}  // namespace airlock::crypto
