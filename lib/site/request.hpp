#pragma once
/// \file
/// The site request: a file by which a new site introduces itself to its vendor (docs/formats/site.md). The
/// site's own key signs it, which proves only that the sender has that key. So people at both ends compare the
/// fingerprint.

#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/note.hpp"

namespace airlock::site {

using core::Result;

inline constexpr std::uint64_t request_bytes_limit = 64ULL * 1024;
/// Maximum number of successions in a request; it has the newest ones.
inline constexpr std::size_t successions_limit = 16;

struct SiteRequest {
  std::string site_id;
  std::string name;     ///< may be empty
  std::string product;  ///< may be empty
  core::Time created;
  crypto::Certificate site_certificate;
  crypto::Certificate archive_certificate;
  crypto::NoteVerifier ledger_key;
  /// For each former site key, what it signed for its successor (`write_succession`); PEM files, oldest first.
  std::vector<std::string> successions;
  core::Digest fingerprint;  ///< SHA-256 of the signed content; both ends print it
};

/// The signed request as a PEM file, and its fingerprint.
struct WrittenRequest {
  std::string file;
  core::Digest fingerprint;
};
/// Signs a request. `request.fingerprint` is ignored.
[[nodiscard]] Result<WrittenRequest> write_request(const SiteRequest& request, const crypto::Signer& signer);

/// Verifies that a request is signed with the certificate in it, and that this certificate names the site. Errors:
/// bad_input, integrity.
[[nodiscard]] Result<SiteRequest> verify_request(std::string_view file, std::string_view name);

/// A statement of a site key, signed by `signer`, that another key is its successor: a PEM file. Error: as
/// `crypto::sign`.
[[nodiscard]] Result<std::string> write_succession(const std::string& site_id, const core::Digest& next_key_sha256,
                                                   const crypto::Signer& signer);
/// Whether the registered key signed the request itself, or is linked to the key that did by successions, over any
/// number of keys. `request` was verified.
[[nodiscard]] bool is_vouched_for(const SiteRequest& request, const crypto::Certificate& registered);

/// A fingerprint in groups of four digits, so that people can compare it by eye or over the telephone.
[[nodiscard]] std::string in_groups(const core::Digest& digest);

}  // namespace airlock::site
