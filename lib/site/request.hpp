#pragma once
/// \file
/// The site request: how a new site tells its vendor who it is (docs/formats/site-request.md). Signed by the site's own
/// key, so it proves that the key is at hand and nothing else: both ends compare the fingerprint.

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

inline constexpr std::uint64_t request_bytes_limit = 64 * 1024;
/// The most former site keys whose words a request carries: the newest.
inline constexpr std::size_t successions_limit = 16;

struct SiteRequest {
  std::string site_id;
  std::string name;     ///< may be empty
  std::string product;  ///< may be empty
  core::Time created;
  crypto::Certificate site_certificate;
  crypto::Certificate archive_certificate;
  crypto::NoteVerifier ledger_key;
  /// What each former site key signed for the one after it, oldest first; PEM files.
  std::vector<std::string> successions;
  core::Digest fingerprint;  ///< SHA-256 of the signed content; what both ends print
};

/// The signed request as a PEM file, and its fingerprint.
struct WrittenRequest {
  std::string file;
  core::Digest fingerprint;
};
/// `request.fingerprint` is not looked at.
[[nodiscard]] Result<WrittenRequest> write_request(const SiteRequest& request, const crypto::Signer& signer);

/// Verifies that the request is signed by the certificate that it presents, and that this names the site. Errors:
/// bad_input, integrity.
[[nodiscard]] Result<SiteRequest> verify_request(std::string_view file, std::string_view name);

/// A former site key's word for the next one: a PEM file, signed by `signer`. Error: as `crypto::sign`.
[[nodiscard]] Result<std::string> write_succession(const std::string& site_id, const core::Digest& next_key_sha256,
                                                   const crypto::Signer& signer);
/// Whether the holder of the registered certificate made the request, or signed for a key that did, over any number of
/// keys between. `request` was verified.
[[nodiscard]] bool is_vouched_for(const SiteRequest& request, const crypto::Certificate& registered);

/// A fingerprint in groups of four, for comparing by eye or over the telephone.
[[nodiscard]] std::string in_groups(const core::Digest& digest);

}  // namespace airlock::site
