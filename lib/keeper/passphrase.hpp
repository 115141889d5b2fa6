#pragma once
/// \file
/// Where passphrases and PINs come from: a descriptor that the caller opened, a file that systemd made
/// (systemd.exec(5), LoadCredential=), or a person at the terminal. They never come from an argument or an environment
/// variable.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "crypto/hash.hpp"

namespace airlock::keeper {

using core::Result;

inline constexpr std::size_t passphrase_bytes_limit = 1024;
/// The lowest descriptor that may hold secrets: those below are standard input, output and error.
inline constexpr std::int64_t first_passphrase_fd = 3;

/// What the program knows about secrets and where to ask. There is one object, filled before the command runs.
struct SecretSources {
  std::string program = "airlock";       ///< the program's name in questions to a person
  std::int64_t passphrase_fd = -1;       ///< `--passphrase-fd`: one line for each key, in the order of their use
  std::string credentials;               ///< `$CREDENTIALS_DIRECTORY`: a folder's path, not a secret
  std::vector<std::string> environment;  ///< what the program was started with, for the module of a token
};
[[nodiscard]] SecretSources& secret_sources();

/// Whether `secret_for` would get the secret of the key `key` without asking a person.
[[nodiscard]] bool comes_unattended(std::string_view key);

enum class Asked : std::uint8_t { passphrase, pin, new_passphrase };

/// Gets the secret of the key `key`, such as `site`. A person types a new passphrase twice. Errors: usage (no such
/// descriptor); refused (the secret is empty, the two new passphrases differ, or there is no way to ask: the hint names
/// the three ways).
[[nodiscard]] Result<crypto::Secret> secret_for(std::string_view key, Asked asked);

/// Whether `secret_for` would ask a person, who may mistype.
[[nodiscard]] bool asks_a_person(std::string_view key);

}  // namespace airlock::keeper
