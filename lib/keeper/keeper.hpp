#pragma once
/// \file
/// Private keys that sign without being in this process. A key under a passphrase or in a token is opened by a helper
/// process, the *keeper* (a key agent), which does nothing but sign digests. The keeper is started before anything of a
/// report is opened and has no descriptor but its pipes. A token's module, which is foreign code, runs there and
/// nowhere else. No other process sees the passphrase or the PIN.
///
/// Keepers need the build option `engine` (docs/decisions/0014-keys-kept-elsewhere.md).
///
///     AIRLOCK_TRY(const auto key, keeper::signing_key(path, "site", certificate.key()));  // asks for the passphrase
///     keeper::confine();  // from now on only keepers that run already sign
///
/// The protocol on the two pipes:
///
///     keeper:   'k' SIZE PEM                the public key; or an error, after which the keeper ends
///     process:  'S' SIZE DIGEST             a digest of exactly the size that the key signs
///     keeper:   's' SIZE SIGNATURE          or an error
///     error:    'e' CODE SIZE MESSAGE SIZE HINT
///
/// CODE is one byte, the value of a `core::Code`. SIZE is two bytes, the higher one first.

#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"
#include "keeper/key_file.hpp"

namespace airlock::keeper {

/// How many digests a keeper signs; then it signs no more.
inline constexpr int signatures_limit = 100'000;

/// The private key of the key file `path`. It must belong to `public_key`, which is the certificate's.
/// `name` is what people and systemd credentials call the key. An unencrypted key is read from the file; for any other
/// a keeper is started the first time, and the secret asked for once in the life of the process. Errors: as
/// `read_key_file` and `secret_for`; refused (wrong passphrase or PIN, no such token, no keepers in this build);
/// integrity (not the private key of `public_key`).
[[nodiscard]] Result<crypto::PrivateKey> signing_key(const std::string& path, std::string_view name,
                                                     const crypto::PublicKey& public_key);

/// A private key in a token that has no certificate yet. Errors: as `signing_key`.
[[nodiscard]] Result<crypto::PrivateKey> token_key(const TokenKey& token, std::string_view name);

/// A private key that this process itself needs: one that opens bundles, or that is about to be put under another
/// passphrase. Errors: as `signing_key`; bad_input where the key is in a token.
[[nodiscard]] Result<crypto::PrivateKey> whole_key(const std::string& path, std::string_view name);

/// The content of a key file with `key` under a new passphrase, which is asked for. Errors: as `secret_for`; refused
/// where this build has no keepers, since nothing could sign with the file.
[[nodiscard]] Result<std::string> under_new_passphrase(const crypto::PrivateKey& key, std::string_view name);

/// After this the process starts no keeper, and a key that could not be opened stays so.
void confine();
/// The descriptors by which this process reaches its keepers.
[[nodiscard]] std::vector<int> descriptors();
/// The two descriptors of the key agent of the key `name`, the one to read from first; empty if the key has none.
[[nodiscard]] std::vector<int> descriptors(std::string_view name);
/// Uses a keeper that another program of Airlock has started for the key `name`.
void adopt(std::string_view name, int from_keeper, int to_keeper);

}  // namespace airlock::keeper
