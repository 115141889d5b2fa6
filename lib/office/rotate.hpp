#pragma once
/// \file
/// New keys for a site, and the end of old ones (docs/guides/rotate-keys.md).
///
/// | step | on disk | a crash here |
/// |---|---|---|
/// | 1 | `keys/next-*`: the new key, complete | removed: no entry names it |
/// | 2 | entry `key_rotated` or `key_destroyed`, which names it | finished from `keys/next-*` |
/// | 3 | the former key under `keys/former/` where it is still needed; the new one in its place | repeated |
/// | 4 | `site-request.p7s` and `public/site.json` by the new key | repeated |
/// | 5 | `keys/next-*` is gone | nothing to do |

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "ledger/ledger.hpp"
#include "site/rotation.hpp"

namespace airlock::office {

struct KeyChange {
  std::string previous;  ///< what the ledger calls the former key
  std::string current;
  /// Fingerprint of the new site request; nothing where the key is not in it.
  std::optional<core::Digest> request_fingerprint;
  /// Where the site's key was kept and is now; any other key is a file.
  keeper::KeyProtection kept_before = keeper::KeyProtection::unencrypted;
  keeper::KeyProtection kept_now = keeper::KeyProtection::unencrypted;
};

/// Puts a new key in force, recorded. Former site and ledger keys are kept as certificate and verifier only, for they
/// need not sign again; a former archive key is kept whole, for it opens bundles, and a former pseudonym key too. The
/// new key is a bare file, also where the former one was kept better. Errors: of keys, ledger and machine.
[[nodiscard]] core::Result<KeyChange> rotate_key(const std::string& directory, site::KeyName key);

/// Puts the key of a token in force as the site's signing key, recorded like `rotate_key`. Errors: also of the token.
[[nodiscard]] core::Result<KeyChange> use_token_key(const std::string& directory, const keeper::TokenKey& token);

/// Puts the site's signing key under a passphrase, or another one. The key and what the ledger calls it stay.
[[nodiscard]] core::Result<void> protect_site_key(const std::string& directory);

/// Removes every pseudonym key that the site ever had, recorded, and puts a new one in force: from then on nobody can
/// tell which name a pseudonym stands for, by trying names either.
[[nodiscard]] core::Result<KeyChange> destroy_pseudonym_keys(const std::string& directory);

}  // namespace airlock::office
