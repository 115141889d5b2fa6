#pragma once
/// \file
/// Certificate revocation lists (RFC 5280 5) of the simplest kind: complete, direct and signed by the authority whose
/// certificates they revoke. Whether a list is the newest is for the caller to judge by its number.

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

inline constexpr std::size_t revocation_list_bytes_limit = 1024ULL * 1024;

struct RevocationTemplate;

/// One list of version 2 in DER, with a crlNumber, signed by an algorithm of 128 bits of security. It is not a delta
/// and has neither an issuing distribution point nor a critical extension. Cheap to copy.
class RevocationList {
 public:
  /// Reads the one PEM `X509 CRL` of a text. Error: bad_input.
  [[nodiscard]] static Result<RevocationList> from_pem(std::string_view pem);
  /// Reads all PEM lists of a text, 1 to `certificates_limit`. Error: bad_input.
  [[nodiscard]] static Result<std::vector<RevocationList>> list_from_pem(std::string_view pem);

  [[nodiscard]] std::string pem() const;
  /// crlNumber (RFC 5280 5.2.3), below 2^63.
  [[nodiscard]] std::uint64_t number() const { return number_; }
  /// thisUpdate.
  [[nodiscard]] Time issued() const { return issued_; }
  /// How many certificates it revokes.
  [[nodiscard]] std::size_t size() const;
  /// Whether `authority` issued it: by its name, its key usage and the signature of its key.
  [[nodiscard]] bool is_issued_by(const Certificate& authority) const;
  /// Whether its issuer has the authority's name.
  [[nodiscard]] bool names(const Certificate& authority) const;
  /// Whether it names the certificate's issuer as its own and lists the serial number. Ask `is_issued_by` first: this
  /// does not verify the list's signature.
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

/// The first certificate of `chain` that one of `lists` revokes; null if there is none.
[[nodiscard]] const Certificate* revoked_in(std::span<const Certificate> chain, std::span<const RevocationList> lists);

/// The content of a list that is to be made.
struct RevocationTemplate {
  std::uint64_t number = 1;
  Time issued;
  Time next_update;
  struct Revoked {
    Certificate certificate;
    Time revoked;
  };
  std::vector<Revoked> revoked;
};
/// Makes a list and signs it. Error: bad_input if the authority may not sign lists or has another key, or if a
/// certificate was issued by somebody else.
[[nodiscard]] Result<RevocationList> issue_revocation_list(const RevocationTemplate& content,
                                                           const Certificate& authority, const PrivateKey& key);

/// Makes a list that also revokes everything that `known` revokes, an earlier list of the same authority. Errors: as
/// `issue_revocation_list`.
[[nodiscard]] Result<RevocationList> extend_revocation_list(const RevocationList& known,
                                                            const RevocationTemplate& content,
                                                            const Certificate& authority, const PrivateKey& key);

/// Whether the certificate names `authority` as its issuer and has its signature.
[[nodiscard]] bool is_issued_by(const Certificate& certificate, const Certificate& authority);

/// A root that takes over from another one.
struct Successor {
  Certificate root;  ///< signed by itself
  Certificate link;  ///< the same name and key, signed by the former root (`newWithOld` in RFC 4210 4.4)
};
/// Reads a file of exactly these two certificates. Error: bad_input.
[[nodiscard]] Result<Successor> successor_from_pem(std::string_view pem);
/// Whether the root `former` has signed for the successor. The link must be an authority's certificate with the
/// successor's name and key and a signature by `former`. Neither the link nor `former` may be for fewer roles than the
/// successor: so an intermediate, which is for some roles only, cannot become a root for others.
[[nodiscard]] bool succeeds(const Certificate& former, const Successor& successor);
/// Makes the link for the new root `root`, signed by `former_key`. Errors: as `issue`.
[[nodiscard]] Result<Successor> sign_for_successor(const Certificate& root, const Certificate& former,
                                                   const PrivateKey& former_key);

}  // namespace airlock::crypto
