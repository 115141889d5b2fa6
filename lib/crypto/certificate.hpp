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

/// A certificate. Cheap to copy.
class Certificate {
 public:
  /// Reads exactly one PEM `CERTIFICATE`. Error: bad_input.
  [[nodiscard]] static Result<Certificate> from_pem(std::string_view pem);
  /// Reads 1 to `certificates_limit` PEM certificates. Error: bad_input.
  [[nodiscard]] static Result<std::vector<Certificate>> list_from_pem(std::string_view pem);
  /// Reads DER with nothing behind it. Error: bad_input.
  [[nodiscard]] static Result<Certificate> from_der(std::string_view der);

  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string der() const;
  /// SHA-256 over the DER: the fingerprint that `openssl x509 -fingerprint -sha256` prints.
  [[nodiscard]] Digest fingerprint() const;
  [[nodiscard]] PublicKey key() const;
  /// The subject in RFC 2253 form, printable.
  [[nodiscard]] std::string subject() const;
  [[nodiscard]] Time not_before() const;
  [[nodiscard]] Time not_after() const;
  [[nodiscard]] bool is_ca() const;
  [[nodiscard]] bool is_self_signed() const;
  [[nodiscard]] bool has_role(Role role) const;
  /// The subject alternative name `urn:uuid:…` without its prefix, lower case; nothing where there is none.
  [[nodiscard]] std::optional<std::string> uuid() const;
  [[nodiscard]] bool operator==(const Certificate& other) const;

  [[nodiscard]] x509_st* handle() const { return handle_.get(); }
  explicit Certificate(std::shared_ptr<x509_st> handle) : handle_(std::move(handle)) {}

 private:
  std::shared_ptr<x509_st> handle_;
};

/// What `issue` and `self_sign` put into a certificate.
struct CertificateTemplate {
  std::string common_name;
  std::vector<Role> roles;  ///< empty only for a root, which may then issue for every role
  Time not_before;
  Time not_after;
  bool ca = false;
  std::optional<std::string> uuid;  ///< subject alternative name `urn:uuid:…`
};

/// A certificate for `subject`, signed by `issuer_key`. Random serial number of 16 bytes.
[[nodiscard]] Result<Certificate> issue(const CertificateTemplate& content, const PublicKey& subject,
                                        const Certificate& issuer, const PrivateKey& issuer_key);
[[nodiscard]] Result<Certificate> self_sign(const CertificateTemplate& content, const PrivateKey& key);

/// Whom a role's signatures are believed from: nobody but certificates issued below these roots, or, for a site, the
/// one certificate that was registered.
class TrustStore {
 public:
  /// Believes chains of at most `chain_limit` below `roots` whose leaf and every authority below the root carry `role`.
  TrustStore(Role role, std::vector<Certificate> roots);
  /// Believes exactly this certificate, self-signed or not.
  [[nodiscard]] static TrustStore only(Role role, Certificate certificate);

  [[nodiscard]] Role role() const { return role_; }
  [[nodiscard]] const std::vector<Certificate>& roots() const { return roots_; }
  [[nodiscard]] bool is_exact() const { return exact_; }

 private:
  Role role_;
  std::vector<Certificate> roots_;
  bool exact_ = false;
};

}  // namespace airlock::crypto
