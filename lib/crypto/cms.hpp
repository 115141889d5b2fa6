#pragma once
/// \file
/// CMS (RFC 5652): the one envelope for everything that is signed or sealed. The profile is docs/formats/cms.md: one
/// signer with signed attributes, embedded content, AES-256-GCM (RFC 5083, RFC 5084), named algorithms only. A strict
/// walk over the ASN.1 refuses everything else before any key is used, because OpenSSL would accept much of it.
///
/// Cannot guarantee: that the encoding is the only one for its content. CMS bytes are malleable (a recipient that is
/// not ours can be altered unnoticed), so nothing may be identified by the digest of a CMS file.

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

/// Who signs: the key, its certificate, and the authorities between it and the root (the root is not included).
struct Signer {
  const PrivateKey& key;
  const Certificate& certificate;
  Time time;  ///< the signingTime that the signature claims
  std::span<const Certificate> chain = {};
};

/// The most bytes that `sign` takes at once; larger content is streamed by `seal`.
inline constexpr std::size_t sign_bytes_limit = 1 << 30;

/// Signs `content`: SignedData in DER. Error: unexpected, or bad_input where key and certificate do not belong
/// together, the key is of a kind that may not sign (Ed25519), or chain or content are too large.
[[nodiscard]] Result<std::string> sign(std::string_view content, const Signer& signer);

/// The same without the content in it: the signature stands beside what it signs.
[[nodiscard]] Result<std::string> sign_detached(std::string_view content, const Signer& signer);

/// What a verified SignedData says. The content is read from the object that was verified, which must outlive this.
class Verified {
 public:
  /// The signed bytes.
  [[nodiscard]] const core::Blob& content() const { return *content_; }
  [[nodiscard]] const Certificate& signer() const { return chain_.front(); }
  /// The signer and the authorities that came with it, without the root; of a registered signer, itself. Whether one of
  /// them was revoked is for the caller to ask (`revoked_in`), who has the lists.
  [[nodiscard]] const std::vector<Certificate>& chain() const { return chain_; }
  /// The signer's own claim.
  [[nodiscard]] Time signing_time() const { return signing_time_; }
  /// Whether every certificate of the chain below the root, and the root, was valid at `time`.
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

/// Verifies SignedData (DER, or BER as streamed) against `trust`: profile, signature, chain, role. It does not judge
/// time: the caller asks `chain_valid_at` for the moment that its document names (DESIGN: licences and kits at
/// `issued`). Errors: bad_input where it is not SignedData of the profile's shape, integrity where signature, chain or
/// role fail.
[[nodiscard]] Result<Verified> verify(const core::Blob& object, const TrustStore& trust);

/// The same for a signature that stands beside what it signs; `content()` is a copy of `content`. Errors: as `verify`; an
/// object with content in it is bad_input.
[[nodiscard]] Result<Verified> verify_detached(const core::Blob& object, std::string_view content,
                                               const TrustStore& trust);

/// Verifies SignedData against the certificate that it presents itself, whoever that is: proves that the signer holds
/// the key of `signer()` and that the content is what it signed, and nothing about who that is. For requests whose
/// fingerprint people compare. Errors: as `verify`.
[[nodiscard]] Result<Verified> verify_presented(const core::Blob& object, Role role);

/// Who can open: certificates with the recipient's key. P-256, P-384 (ECDH) or RSA (OAEP).
inline constexpr std::size_t recipients_limit = 64;

/// Signs and seals what is written to it in one pass with constant memory: AuthEnvelopedData over SignedData, BER.
/// Nothing of `out` is of use before `finish` has succeeded. An error of `out` comes back as it is.
class SealStream : public core::Sink {
 public:
  /// The signed and sealed object is complete. Error: also bad_input, where nothing was written.
  [[nodiscard]] virtual Result<void> finish() = 0;
};
/// Begins a sealed object that is written to `out`, which must outlive the stream. Errors: as `sign` says, and
/// bad_input where `recipients` are none, more than `recipients_limit`, not different, or one may not receive (role
/// `recipient`, key usage, kind of key).
[[nodiscard]] Result<std::unique_ptr<SealStream>> seal(core::Sink& out, const Signer& signer,
                                                       std::span<const Certificate> recipients);

/// Opens a sealed object as one of its recipients and writes the SignedData inside to `inner`.
/// What is in `inner` may be used only after success; after an error it must be discarded unread.
/// Refused before any key is used: everything outside the profile. Refused for the whole process: if the library
/// accepts one of the built-in forgeries (`opening_is_safe`). Errors: bad_input (not of the profile's shape, or `key`
/// is not the key of `me`), integrity (tag, key unwrapping), refused (`me` is no recipient), or the error of `inner`.
[[nodiscard]] Result<void> open(const core::Blob& sealed, const PrivateKey& key, const Certificate& me,
                                core::Sink& inner);

/// The names under which a sealed object addresses its recipients, to be compared with `recipient_name` and not shown.
/// Nobody signed them. Error: bad_input (not of the profile's shape, or one recipient twice).
[[nodiscard]] Result<std::set<std::string, std::less<>>> recipients_of(const core::Blob& sealed);
[[nodiscard]] std::string recipient_name(const Certificate& certificate);

/// Feeds two forged objects to the library, its content cipher rewritten to OFB and its tag cut to one byte, and a
/// sound one. Done once a process, remembered. Error: integrity, with the hint to upgrade OpenSSL.
[[nodiscard]] Result<void> opening_is_safe();

}  // namespace airlock::crypto
