#pragma once
/// \file
/// Where passphrases and PINs come from: a descriptor that the caller opened, a file that systemd made
/// (systemd.exec(5), LoadCredential=), or a person at the terminal. Never an argument, never the environment.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/hash.hpp"

namespace airlock::keeper {

using core::Result;

inline constexpr std::size_t passphrase_bytes_limit = 1024;
/// Below are standard input, output and error.
inline constexpr std::int64_t first_passphrase_fd = 3;

/// What the program knows of the ways to a secret; it has one, filled before its command runs.
struct Access {
  std::string program = "airlock";       ///< who asks
  std::int64_t passphrase_fd = -1;       ///< `--passphrase-fd`: a line for each key, in the order of their use
  std::string credentials;               ///< `$CREDENTIALS_DIRECTORY`, which names a folder and holds no secret
  std::vector<std::string> environment;  ///< for a token's module, since programs empty theirs
};
[[nodiscard]] Access& access();

/// Whether a secret for the key would come without a person.
[[nodiscard]] bool comes_unattended(std::string_view key);

enum class Asked : std::uint8_t { passphrase, pin, new_passphrase };

/// Gets the secret for the key of that name, such as `site`. A person who is asked for a new passphrase types it twice.
/// Errors: usage (no such descriptor), refused (nothing there, or no way to ask; the hint has the three ways).
[[nodiscard]] Result<crypto::Secret> secret_for(std::string_view key, Asked asked);

/// Whether `secret_for` would ask a person, who may mistype.
[[nodiscard]] bool asks_a_person(std::string_view key);

}  // namespace airlock::keeper
