#pragma once
/// \file
/// Puts new keys of a site into force and retires or destroys old ones (docs/guides/rotate-keys.md).
///
/// | step | on disk | a crash here |
/// |---|---|---|
/// | 1 | `keys/next-*`: the new key, complete | the next run removes it, since no entry names it |
/// | 2 | entry `key_rotated` or `key_destroyed`, which names the new key | the next run finishes from `keys/next-*` |
/// | 3 | the new key in its place; the former one in `keys/former/`, if still needed | the next run repeats the step |
/// | 4 | `site-request.p7s` and `public/site.json` made with the new key | the next run repeats the step |
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
#include "sys/world.hpp"

namespace airlock::office {

struct KeyChange {
  std::string previous;  ///< the name of the former key in the ledger
  std::string current;   ///< the name of the new key in the ledger
  /// Fingerprint of the new site request; nothing if the request does not contain this key.
  std::optional<core::Digest> request_fingerprint;
  /// How the site's signing key was kept before and is kept now. Every other key is an unencrypted file.
  keeper::KeyProtection kept_before = keeper::KeyProtection::unencrypted;
  keeper::KeyProtection kept_now = keeper::KeyProtection::unencrypted;
};

/// Puts a new key into force and records it. A former site or ledger key need not sign again, so only its certificate
/// or verifier is kept. Former archive and pseudonym keys are kept whole: an archive key still opens bundles. The new
/// key is an unencrypted file, even if the former one was kept under a passphrase or in a token. Errors: those of keys,
/// ledger and machine.
[[nodiscard]] core::Result<KeyChange> rotate_key(const std::string& directory, site::KeyName key,
                                                 const sys::World& world = sys::real_world());

/// Puts a key in a token into force as the site's signing key, and records it as `rotate_key` does. Errors: those of
/// `rotate_key` and of the token.
[[nodiscard]] core::Result<KeyChange> use_token_key(const std::string& directory, const keeper::TokenKey& token);

/// Encrypts the site's signing key with a passphrase, or changes its passphrase. The key and its name in the ledger
/// stay.
[[nodiscard]] core::Result<void> protect_site_key(const std::string& directory);

/// Removes every pseudonym key that the site ever had, puts a new one into force, and records it. From then on nobody
/// can find the name behind an earlier pseudonym, not even by trying names.
[[nodiscard]] core::Result<KeyChange> destroy_pseudonym_keys(const std::string& directory,
                                                             const sys::World& world = sys::real_world());

}  // namespace airlock::office
