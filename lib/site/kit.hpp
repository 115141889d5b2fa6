#pragma once
/// \file
/// The kit: what the vendor gives a site, signed (docs/formats/kit.md): policy, dictionary, recipients, revocations.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "dictionary/dictionary.hpp"
#include "policy/policy.hpp"
#include "site/configuration.hpp"
#include "site/kit_trust.hpp"

namespace airlock::site {

inline constexpr std::uint64_t kit_bytes_limit = 16 * 1024 * 1024;

/// What a kit says beside its documents.
struct KitHeader {
  std::string product;
  std::uint64_t number = 0;
  Time issued;
  Time next_update;
  std::vector<Destination> destinations;
  std::vector<std::string> revoked_licences;  ///< serials
  KitTrust trust;
  core::Digest content_sha256;  ///< of the signed archive: what the ledger names

  /// Whether the vendor had promised another kit by now. A stale kit stays in force; a policy may tighten then.
  [[nodiscard]] bool is_stale(Time now) const { return next_update < now; }
};

/// A kit that was verified.
struct Kit : KitHeader {
  std::string policy_text;
  policy::Policy policy;
  std::string dictionary_text;
  dictionary::Dictionary dictionary;
  std::vector<crypto::Certificate> recipients;
};

/// What goes into a kit that is to be built.
struct KitContent {
  std::string product;
  std::uint64_t number = 0;
  Time issued;
  Time next_update;
  std::string delivery;  ///< JSON text of the member `delivery`, or empty
  std::string policy;
  std::string dictionary;
  std::vector<crypto::Certificate> recipients;
  std::vector<std::string> revoked_licences = {};
  std::vector<crypto::Successor> successors = {};
  std::vector<crypto::RevocationList> lists = {};
};

/// Reads the signed archive. Roots and revocation lists are read for form; nothing says yet who signed them. Error:
/// bad_input naming file, JSON path and reason.
[[nodiscard]] Result<Kit> parse_kit(const core::Blob& archive);
/// Verifies a kit file: PEM, signature against `trust` (role kit), its roots and revocation lists, that its own signer
/// is revoked neither by these nor by `known` (those of the kit in force), content, and that it was issued while its
/// signer's chain was valid; in this order. Errors: bad_input, integrity.
[[nodiscard]] Result<Kit> verify_kit(std::string_view file, const crypto::TrustStore& trust,
                                     std::span<const crypto::RevocationList> known = {});
/// The same but for policy, dictionary and recipients, which are not looked at: all that judging a licence needs.
[[nodiscard]] Result<KitHeader> verify_kit_header(std::string_view file, const crypto::TrustStore& trust,
                                                  std::span<const crypto::RevocationList> known = {});

/// The signed kit as a PEM file. The content is checked as `parse_kit` would. Error: bad_input.
[[nodiscard]] Result<std::string> build_kit(const KitContent& content, const crypto::Signer& signer);

}  // namespace airlock::site
