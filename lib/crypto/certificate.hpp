#pragma once
/// \file
/// X.509 certificates (RFC 5280) as Airlock uses them: each is issued for roles, and each role has a trust store of its
/// own. The system's certificate store is never used.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/time.hpp"
#include "crypto/key.hpp"

struct x509_st;

namespace airlock::crypto {

using core::Time;

/// What a certificate may be used for. Each role has an extended key usage of its own (docs/formats/certificates.md).
/// Certificates also carry emailProtection, so that stock `openssl cms -verify` needs no extra option.
enum class Role : std::uint8_t {
  licence,    ///< signs licences
  kit,        ///< signs kits
  receipt,    ///< signs receipts
  site,       ///< signs a site's requests, bundles and evidence
  officer,    ///< signs approvals
  recipient,  ///< opens bundles
};

/// The name of a role in messages and documents: `licence`, `kit`, ….
[[nodiscard]] std::string_view name(Role role);
/// The role's extended key usage, dotted decimal: `2.25.…`.
[[nodiscard]] std::string_view oid(Role role);

inline constexpr std::size_t certificates_limit = 16;  ///< in one file or CMS object
inline constexpr std::size_t chain_limit = 8;          ///< in a chain below its root
inline constexpr std::size_t certificate_bytes_limit = 16ULL * 1024;

/// A certificate of version 3 in DER, with a key of a `KeyKind` and with well-formed extensions and validity. Cheap to
/// copy.
class Certificate {
 public:
  /// Reads the one PEM `CERTIFICATE` of a text. Error: bad_input.
  [[nodiscard]] static Result<Certificate> from_pem(std::string_view pem);
  /// Reads all PEM certificates of a text, 1 to `certificates_limit`. Error: bad_input.
  [[nodiscard]] static Result<std::vector<Certificate>> list_from_pem(std::string_view pem);
  /// Reads the DER of one certificate, at most `certificate_bytes_limit` bytes, and nothing behind it. Error:
  /// bad_input.
  [[nodiscard]] static Result<Certificate> from_der(std::string_view der);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string der() const;
  /// SHA-256 over the DER, as `openssl x509 -fingerprint -sha256` prints it.
  [[nodiscard]] Digest fingerprint() const;
  [[nodiscard]] const PublicKey& key() const { return key_; }
  /// The subject in RFC 2253 form, printable.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] Time not_before() const { return not_before_; }
  [[nodiscard]] Time not_after() const { return not_after_; }
  /// Whether it may issue certificates: basicConstraints say so, and keyUsage too if it is there (RFC 5280 4.2.1).
  [[nodiscard]] bool is_ca() const;
  /// Whether it names itself as its issuer and its signature is by its own key.
  [[nodiscard]] bool is_self_signed() const;
  /// Whether names and key identifiers say that it is its own issuer. That is enough for a trusted root: its signature
  /// on itself proves nothing (RFC 5280 6.1).
  [[nodiscard]] bool is_self_issued() const;
  /// Whether its extended key usage names the role; anyExtendedKeyUsage does not count.
  [[nodiscard]] bool has_role(Role role) const;
  /// Whether it has no extended key usage at all, as a root that issues for every role.
  [[nodiscard]] bool has_no_usage() const;
  /// Whether its keyUsage allows to sign documents (RFC 5280 4.2.1.3: digitalSignature). True without a keyUsage.
  [[nodiscard]] bool may_sign() const;
  /// Whether its keyUsage and key allow to open what is sealed for it (keyAgreement of EC keys, keyEncipherment of RSA
  /// keys).
  [[nodiscard]] bool may_receive() const;
  /// The UUID of its one subject alternative name `urn:uuid:…`, in lower case; nothing if it has none or several.
  [[nodiscard]] std::optional<std::string> uuid() const;
  /// Equal byte for byte.
  [[nodiscard]] bool operator==(const Certificate& other) const;

  [[nodiscard]] x509_st* handle() const { return handle_.get(); }

 private:
  Certificate(std::shared_ptr<x509_st> handle, PublicKey key, Time not_before, Time not_after)
      : handle_(std::move(handle)), key_(std::move(key)), not_before_(not_before), not_after_(not_after) {}

  std::shared_ptr<x509_st> handle_;
  PublicKey key_;
  Time not_before_;
  Time not_after_;
};

/// The content of a certificate that is to be made.
struct CertificateTemplate {
  std::string common_name;  ///< 1 to 64 bytes (RFC 5280 appendix A.1), printable
  std::vector<Role> roles;  ///< empty only for a root, which may then issue for every role
  Time not_before;          ///< the first second of the validity
  Time not_after;           ///< the last second of the validity
  bool ca = false;
  std::optional<std::string> uuid;  ///< subject alternative name `urn:uuid:…`
};

/// Makes a certificate for the key `subject`, signed by `issuer_key`, as docs/formats/certificates.md specifies it. Its
/// serial number has 16 random bytes. Error: bad_input if the template breaks a rule above, the issuer is not an
/// authority or has another key, or a key is Ed25519.
[[nodiscard]] Result<Certificate> issue(const CertificateTemplate& content, const PublicKey& subject,
                                        const Certificate& issuer, const PrivateKey& issuer_key);
/// Makes a certificate for `key`, signed by itself. Errors: as `issue`.
[[nodiscard]] Result<Certificate> self_sign(const CertificateTemplate& content, const PrivateKey& key);

/// The trust anchors for one role: roots below which signers may be certified, or, for a site, the one certificate that
/// was registered.
class TrustStore {
 public:
  /// Trusts chains of at most `chain_limit` certificates below one of `roots`, if every certificate of the chain
  /// carries `role`. Each root must be a self-issued authority that carries `role` or no extended key usage at all;
  /// otherwise the store is not sound.
  TrustStore(Role role, std::vector<Certificate> roots);
  /// Trusts exactly these certificates, self-signed or not. Each must carry `role`; otherwise the store is not sound.
  [[nodiscard]] static TrustStore exactly(Role role, std::vector<Certificate> certificates);

  /// Trusts exactly these certificates of officers, whoever issued them. No extended key usage is asked of them.
  [[nodiscard]] static TrustStore officers(std::vector<Certificate> certificates);

  [[nodiscard]] Role role() const { return role_; }
  /// Whether a signer's certificate must carry the role.
  [[nodiscard]] bool asks_usage() const { return asks_usage_; }
  [[nodiscard]] const std::vector<Certificate>& roots() const { return roots_; }
  [[nodiscard]] bool is_exact() const { return exact_; }
  /// Whether every certificate in it is what it must be. With a store that is not sound nothing verifies.
  [[nodiscard]] bool is_sound() const { return sound_; }

 private:
  Role role_;
  std::vector<Certificate> roots_;
  bool exact_ = false;
  bool asks_usage_ = true;
  bool sound_ = false;
};

}  // namespace airlock::crypto
