#pragma once
/// \file
/// The files of a site's keys while one of them changes (docs/guides/rotate-keys.md). What the ledger says of it, and
/// in which order, is the gate's business.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "crypto/certificate.hpp"
#include "crypto/hash.hpp"
#include "site/site.hpp"

namespace airlock::site {

enum class KeyName : std::uint8_t { site, ledger, archive, pseudonym };
[[nodiscard]] std::string_view name(KeyName key);
[[nodiscard]] std::optional<KeyName> key_name(std::string_view text);

/// A change of keys that lies ready in `keys/next-*`.
struct StagedKey {
  KeyName key{};
  bool destroys = false;  ///< no former key is kept
  /// What the ledger calls the keys: `key_sha256` of site and archive keys, a ledger key's verifier key, and for a
  /// pseudonym key a digest that nobody can guess a key from.
  std::string previous;
  std::string current;
};

/// Makes a new key and all that goes with it, complete and durable, in `keys/next-*`; what lay there before is removed.
/// A new site key is signed for by the one in force; with `token` it is the one in there. Errors: of keys and machine;
/// refused where the token's key is in force already.
[[nodiscard]] Result<StagedKey> stage_key(const Site& site, KeyName key, bool destroys, core::Time now,
                                          const std::optional<keeper::Token>& token = std::nullopt);
/// Puts the site's signing key under a passphrase, or under another one: the file is replaced, the key stays the same.
/// Errors: of keys and machine; refused where it is in a token.
[[nodiscard]] Result<void> protect_signing_key(const Site& site);
/// What lies complete in `keys/next-*`, if anything.
[[nodiscard]] Result<std::optional<StagedKey>> staged_key(const Site& site);
/// Removes what lies there.
[[nodiscard]] Result<void> discard_staged_key(const Site& site);
/// Keeps the former key under `keys/former/` with the number of the entry `seq`, as far as it is needed, puts the new
/// one in its place, and writes site request and public part anew. May be repeated until it succeeds. Returns the new
/// request's fingerprint, where there is one.
[[nodiscard]] Result<std::optional<core::Digest>> place_key(const Site& site, const StagedKey& staged,
                                                            std::uint64_t seq, core::Time now);

/// The site's certificate in force, then the former ones: who may have signed a bundle of this site.
[[nodiscard]] Result<std::vector<crypto::Certificate>> all_signing_certificates(const Site& site);
/// The archive key in force, then the former ones.
[[nodiscard]] Result<std::vector<Identity>> all_archive_identities(const Site& site);
/// The pseudonym key in force, then the former ones.
[[nodiscard]] Result<std::vector<crypto::Secret>> all_pseudonym_keys(const Site& site);

/// Writes `site-request.p7s` by the keys in force, with what the former site keys signed for their successors.
[[nodiscard]] Result<core::Digest> renew_request(const Site& site, core::Time now);

}  // namespace airlock::site
