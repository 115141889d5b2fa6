#pragma once
/// \file
/// The files of a site's keys while one of them is replaced (docs/guides/rotate-keys.md). The new key is complete in
/// `keys/next-*` before the ledger records the change, and is put in its place after that. The caller writes the
/// ledger.

#include <cstdint>
#include <optional>
#include <string>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "keeper/key_file.hpp"
#include "site/key_name.hpp"
#include "site/site.hpp"

namespace airlock::site {

/// A new key that is complete in `keys/next-*`.
struct StagedKey {
  KeyName key{};
  bool destroys = false;  ///< the former key is destroyed, not kept
  /// The keys as the ledger identifies them: `key_sha256` of site and archive keys, the verifier key of a ledger key,
  /// and for a pseudonym key a digest from which nobody can guess the key.
  std::string previous;
  std::string current;
};

/// Makes a new key and what belongs to it, complete and durable, in `keys/next-*`; earlier files there are removed. The
/// site key in force signs for a new site key. With `token` the new key is the one in that token. Errors: of keys and
/// machine; refused where the token's key is in force already.
[[nodiscard]] Result<StagedKey> stage_key(const Site& site, KeyName key, bool destroys, core::Time now,
                                          const std::optional<keeper::TokenKey>& token = std::nullopt);
/// Encrypts the site's signing key with a passphrase, or with another one. The file is replaced, the key stays the
/// same. Errors: of keys and machine; refused where the key is in a token.
[[nodiscard]] Result<void> protect_signing_key(const Site& site);
/// The complete new key in `keys/next-*`; nothing where there is none.
[[nodiscard]] Result<std::optional<StagedKey>> staged_key(const Site& site);
/// Removes the files `keys/next-*`.
[[nodiscard]] Result<void> discard_staged_key(const Site& site);
/// Keeps the former key under `keys/former/` with the number of the ledger's entry, `seq`, as far as it is still
/// needed; puts the new key in its place; and writes site request and public part anew. Repeat it until it succeeds.
/// Returns the new request's fingerprint; nothing for a pseudonym key, which no request has.
[[nodiscard]] Result<std::optional<core::Digest>> place_key(const Site& site, const StagedKey& staged,
                                                            std::uint64_t seq, core::Time now);

}  // namespace airlock::site
