#pragma once
/// \file
/// Keys that sign without being here. A key under a passphrase or in a token is opened by a helper process of its own,
/// the keeper, which does nothing but sign digests: it is started before anything of a report is opened, holds no
/// descriptor but its pipes, and a token's module, which is foreign code, runs there and nowhere else. The secret goes
/// from its source to the keeper; no other process sees it.
///
///     AIRLOCK_TRY(const auto key, keeper::signing_key(path, "site", certificate.key()));   // asks, the first time
///     keeper::confine();                      // from now on only keepers that run already sign
///
/// What they tell each other:
///
///     keeper:  'k' SIZE PEM                 the public half; or an error, after which it ends
///     asked:   'S' SIZE DIGEST              of exactly the size that the key signs
///     keeper:  's' SIZE SIGNATURE           or an error
///     error:   'e' CODE SIZE MESSAGE SIZE HINT           CODE is one byte, SIZE two, the higher first
///
/// A keeper signs `signatures_limit` digests and then no more.

#include <string>
#include <string_view>
#include <vector>

#include "crypto/key.hpp"
#include "keeper/key_file.hpp"

namespace airlock::keeper {

inline constexpr int signatures_limit = 100'000;

/// The key in the key file `path`, whose certificate has the public half `half`; `name` is what people and credentials
/// call it. A bare key is read; any other is asked for once in the life of the process. Errors: as `read_key_file` and
/// `secret_for`, refused (wrong passphrase or PIN, no such token), integrity (does not belong to `half`).
[[nodiscard]] Result<crypto::PrivateKey> signing_key(const std::string& path, std::string_view name,
                                                     const crypto::PublicKey& half);

/// A key in a token that has no certificate yet.
[[nodiscard]] Result<crypto::PrivateKey> token_key(const Token& token, std::string_view name);

/// A key that is needed here itself: one that opens bundles, or that is about to be put under another passphrase.
/// Error: also bad_input where it is in a token.
[[nodiscard]] Result<crypto::PrivateKey> whole_key(const std::string& path, std::string_view name);

/// From now on this process starts no keeper, and an error of a key stays as it was.
void confine();
/// The descriptors by which this process reaches its keepers.
[[nodiscard]] std::vector<int> descriptors();
/// Those that lead to the keeper of the key `name`, reading end first; nothing where it has none.
[[nodiscard]] std::vector<int> descriptors(std::string_view name);
/// Takes over a keeper that another program of ours started for the key `name`.
void adopt(std::string_view name, int from_keeper, int to_keeper);

}  // namespace airlock::keeper
