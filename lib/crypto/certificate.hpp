#pragma once
/// \file
/// X.509 certificates (RFC 5280) as Airlock uses them: issued for one role, judged by one trust store for each role.
/// The system's certificate store is never consulted.

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

/// What a certificate is for. Each role has an extended key usage of its own (docs/formats/certificates.md), carried
/// together with emailProtection so that stock `openssl cms -verify` needs no extra flag.
enum class Role : std::uint8_t {
  licence,    ///< signs licences
  kit,        ///< signs kits
  receipt,    ///< signs receipts
  site,       ///< signs a site's requests, bundles and evidence
  officer,    ///< signs approvals
  recipient,  ///< opens bundles
};

/// `licence`, `kit`, … as messages and documents name it.
[[nodiscard]] std::string_view name(Role role);
/// The role's extended key usage, dotted decimal: `2.25.…`.
[[nodiscard]] std::string_view oid(Role role);

inline constexpr std::size_t certificates_limit = 16;
inline constexpr std::size_t chain_limit = 8;
inline constexpr std::size_t certificate_bytes_limit = 16 * 1024;

/// A certificate: version 3, DER, its key of a `KeyKind`, its extensions and validity well formed. Cheap to copy.
class Certificate {
 public:
  /// Reads the one PEM `CERTIFICATE` of a text. Error: bad_input.
  [[nodiscard]] static Result<Certificate> from_pem(std::string_view pem);
  /// Reads all PEM certificates of a text, 1 to `certificates_limit`. Error: bad_input.
  [[nodiscard]] static Result<std::vector<Certificate>> list_from_pem(std::string_view pem);
  /// Reads DER with nothing behind it, at most `certificate_bytes_limit` bytes. Error: bad_input.
  [[nodiscard]] static Result<Certificate> from_der(std::string_view der);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string der() const;
  /// SHA-256 over the DER: the fingerprint that `openssl x509 -fingerprint -sha256` prints.
  [[nodiscard]] Digest fingerprint() const;
  [[nodiscard]] const PublicKey& key() const { return key_; }
  /// The subject in RFC 2253 form, printable.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] Time not_before() const { return not_before_; }
  [[nodiscard]] Time not_after() const { return not_after_; }
  /// Whether it may issue certificates: basicConstraints and, where there is one, keyUsage say so (RFC 5280 4.2.1).
  [[nodiscard]] bool is_ca() const;
  /// Whether it names itself as its issuer and its own key verifies its signature.
  [[nodiscard]] bool is_self_signed() const;
  /// Whether it is its own issuer, by names and key identifiers. Of a trusted root nothing more need be asked: it is
  /// trusted for what it is, and its signature proves nothing (RFC 5280 6.1).
  [[nodiscard]] bool is_self_issued() const;
  /// Whether its extended key usage names the role itself; anyExtendedKeyUsage does not count.
  [[nodiscard]] bool has_role(Role role) const;
  /// Whether it has no extended key usage at all: what a root must be that issues for every role.
  [[nodiscard]] bool has_no_usage() const;
  /// Whether keyUsage, where there is one, allows to sign documents, or to take part in opening what was sealed for it
  /// (RFC 5280 4.2.1.3: digitalSignature; keyAgreement of EC keys, keyEncipherment of RSA keys).
  [[nodiscard]] bool may_sign() const;
  [[nodiscard]] bool may_receive() const;
  /// The subject alternative name `urn:uuid:…` without its prefix, lower case; nothing where there is none, or several.
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

/// What `issue` and `self_sign` put into a certificate.
struct CertificateTemplate {
  std::string common_name;  ///< 1 to 64 bytes (RFC 5280 appendix A.1), printable
  std::vector<Role> roles;  ///< empty only for a root, which may then issue for every role
  Time not_before;          ///< both ends belong to the validity
  Time not_after;
  bool ca = false;
  std::optional<std::string> uuid;  ///< subject alternative name `urn:uuid:…`
};

/// A certificate for `subject`, signed by `issuer_key`, as docs/formats/certificates.md says; a random serial number of
/// 16 bytes. Error: bad_input where the template is not sound, the issuer is no authority or has another key, or a key
/// is Ed25519.
[[nodiscard]] Result<Certificate> issue(const CertificateTemplate& content, const PublicKey& subject,
                                        const Certificate& issuer, const PrivateKey& issuer_key);
[[nodiscard]] Result<Certificate> self_sign(const CertificateTemplate& content, const PrivateKey& key);

/// Whom a role's signatures are believed from: nobody but certificates issued below these roots, or, for a site, the
/// one certificate that was registered.
class TrustStore {
 public:
  /// Believes chains of at most `chain_limit` certificates below `roots` whose leaf and every authority below the root
  /// carry `role`. A root must be a self-signed authority that carries `role` or no extended key usage at all: with any
  /// other among them nothing verifies.
  TrustStore(Role role, std::vector<Certificate> roots);
  /// Believes exactly these certificates, self-signed or not; each must carry `role`.
  [[nodiscard]] static TrustStore exactly(Role role, std::vector<Certificate> certificates);

  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] const std::vector<Certificate>& roots() const { return roots_; }
  [[nodiscard]] bool is_exact() const { return exact_; }
  /// Whether everything in it is what it must be; otherwise nothing verifies.
  [[nodiscard]] bool is_sound() const { return sound_; }

 private:
  Role role_;
  std::vector<Certificate> roots_;
  bool exact_ = false;
  bool sound_ = false;
};

}  // namespace airlock::crypto
