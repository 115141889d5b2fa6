#include "keeper/passphrase.hpp"

#include "core/text.hpp"
#include "sys/helper.hpp"
#include "sys/look.hpp"
#include "sys/read_file.hpp"

namespace airlock::keeper {
namespace {

using core::Code;
using core::fail;
using core::quote;

std::string credential_of(std::string_view key) {
  const std::string& folder = secret_sources().credentials;
  return folder.empty() ? std::string() : folder + "/airlock-" + std::string(key);
}

Result<crypto::Secret> from_credential(const std::string& file) {
  AIRLOCK_TRY(std::string text, sys::read_file(file, passphrase_bytes_limit));
  if (text.ends_with('\n')) text.pop_back();
  if (text.empty()) return fail(Code::refused, quote(file) + ": is empty");
  return crypto::Secret(std::move(text));
}

Result<crypto::Secret> from_person(std::string_view key, Asked asked) {
  const std::string what = std::string(asked == Asked::pin          ? "PIN of the token with"
                                       : asked == Asked::passphrase ? "passphrase of"
                                                                    : "new passphrase of") +
                           " the key " + quote(key) + ": ";
  AIRLOCK_TRY(std::string typed, sys::ask_terminal(secret_sources().program + ": " + what, passphrase_bytes_limit));
  crypto::Secret secret(std::move(typed));
  if (asked == Asked::new_passphrase) {
    AIRLOCK_TRY(std::string again, sys::ask_terminal(secret_sources().program + ": again: ", passphrase_bytes_limit));
    const crypto::Secret repeated(std::move(again));
    if (repeated.view() != secret.view()) return fail(Code::refused, "the two passphrases differ");
  }
  return secret;
}

}  // namespace

SecretSources& secret_sources() {
  static SecretSources out;
  return out;
}

bool comes_unattended(std::string_view key) {
  return secret_sources().passphrase_fd >= 0 ||
         (!secret_sources().credentials.empty() && sys::exists(credential_of(key)));
}

bool asks_a_person(std::string_view key) { return !comes_unattended(key) && sys::has_terminal(); }

Result<crypto::Secret> secret_for(std::string_view key, Asked asked) {
  if (const std::int64_t fd = secret_sources().passphrase_fd; fd >= 0) {
    if (fd < first_passphrase_fd || fd > 1'000'000) {
      return fail(Code::usage, "`--passphrase-fd` must be 3 or more", "for example `--passphrase-fd 3 3< file`");
    }
    AIRLOCK_TRY(std::string line, sys::read_line(static_cast<int>(fd), passphrase_bytes_limit));
    return crypto::Secret(std::move(line));
  }
  if (comes_unattended(key)) return from_credential(credential_of(key));
  if (sys::has_terminal()) return from_person(key, asked);
  return fail(Code::refused,
              std::string(asked == Asked::pin ? "the PIN of the token with" : "the passphrase of") + " the key " +
                  quote(key) + " is needed, but there is no terminal to ask at",
              "run it at a terminal, or give `--passphrase-fd N`, or the systemd credential `airlock-" +
                  std::string(key) + "`");
}

}  // namespace airlock::keeper
