#pragma once
/// \file
/// Certificate revocation lists (RFC 5280 5) of the simplest kind: complete, direct, signed by the authority whose
/// certificates they revoke. Whether one is the newest is not known here: that is what its number is for.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/key.hpp"

struct X509_crl_st;

namespace airlock::crypto {

inline constexpr std::size_t revocation_list_bytes_limit = 1024 * 1024;

struct RevocationTemplate;

/// One list: version 2, DER, with a crlNumber, signed with an algorithm of 128 bits of security; no delta, no issuing
/// distribution point, no critical extension. Cheap to copy.
class RevocationList {
 public:
  /// Reads the one PEM `X509 CRL` of a text. Error: bad_input.
  [[nodiscard]] static Result<RevocationList> from_pem(std::string_view pem);
  /// Reads all of them in a text, 1 to `certificates_limit`. Error: bad_input.
  [[nodiscard]] static Result<std::vector<RevocationList>> list_from_pem(std::string_view pem);

  [[nodiscard]] std::string pem() const;
  /// crlNumber (RFC 5280 5.2.3), below 2^63.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// thisUpdate.
  [[nodiscard]] Time issued() const { return issued_; }
  /// How many certificates it revokes.
  [[nodiscard]] std::size_t size() const;
  /// Whether `authority` issued it: its name, its key usage, and its key's signature.
  [[nodiscard]] bool is_issued_by(const Certificate& authority) const;
  /// Whether its issuer has the authority's name.
  [[nodiscard]] bool names(const Certificate& authority) const;
  /// Whether it revokes the certificate: same issuer, and its serial number is listed. `is_issued_by` comes first.
  [[nodiscard]] bool revokes(const Certificate& certificate) const;
  /// Equal byte for byte.
  [[nodiscard]] bool operator==(const RevocationList& other) const;

 private:
  RevocationList(std::shared_ptr<X509_crl_st> handle, std::uint64_t number, Time issued)
      : handle_(std::move(handle)), number_(number), issued_(issued) {}

  [[nodiscard]] static Result<RevocationList> from_der(std::string_view der);
  friend Result<RevocationList> extend_revocation_list(const RevocationList& known, const RevocationTemplate& content,
                                                       const Certificate& authority, const PrivateKey& key);

  std::shared_ptr<X509_crl_st> handle_;
  std::uint64_t number_;
  Time issued_;
};

/// The first certificate of `chain` that one of `lists` revokes; null where none does.
[[nodiscard]] const Certificate* revoked_in(std::span<const Certificate> chain, std::span<const RevocationList> lists);

/// What a list that is to be made says.
struct RevocationTemplate {
  std::uint64_t number = 1;
  Time issued;
  Time next_update;
  struct Entry {
    Certificate certificate;
    Time revoked;
  };
  std::vector<Entry> revoked;
};
/// Signs a list. Error: bad_input where the authority may not sign lists or has another key, or a certificate is not of
/// this authority.
[[nodiscard]] Result<RevocationList> issue_revocation_list(const RevocationTemplate& content,
                                                           const Certificate& authority, const PrivateKey& key);

/// The same with all that `known`, a list of the same authority, revokes. Errors: as `issue_revocation_list`.
[[nodiscard]] Result<RevocationList> extend_revocation_list(const RevocationList& known,
                                                            const RevocationTemplate& content,
                                                            const Certificate& authority, const PrivateKey& key);

/// Whether `authority` signed the certificate and is named as its issuer.
[[nodiscard]] bool is_issued_by(const Certificate& certificate, const Certificate& authority);

/// A root that takes over from another: its own certificate, and one over the same name and key that the former root
/// signed (`newWithOld` of RFC 4210 4.4).
struct Successor {
  Certificate root;
  Certificate link;
};
/// Reads a file of exactly these two certificates. Error: bad_input.
[[nodiscard]] Result<Successor> successor_from_pem(std::string_view pem);
/// Whether `former` signed for the successor: the link is an authority's certificate with the successor's name and key,
/// signed by `former`'s key, and neither it nor `former` is for fewer roles than the successor. An ordinary
/// intermediate, which carries its roles, can therefore not become a root for others.
[[nodiscard]] bool succeeds(const Certificate& former, const Successor& successor);
/// Makes a successor's link. Error: as `issue`.
[[nodiscard]] Result<Successor> sign_for_successor(const Certificate& root, const Certificate& former,
                                                   const PrivateKey& former_key);

}  // namespace airlock::crypto
