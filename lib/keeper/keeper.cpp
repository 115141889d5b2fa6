#include "keeper/keeper.hpp"

#include <map>
#include <memory>

#include "core/text.hpp"
#include "crypto/delegate.hpp"
#include "crypto/digest_signature.hpp"
#include "crypto/token.hpp"
#include "keeper/passphrase.hpp"
#include "sys/descriptor.hpp"
#include "sys/helper.hpp"
#include "sys/system.hpp"

namespace airlock::keeper {
namespace {

using core::Code;
using core::Error;
using core::fail;
using core::quote;
using crypto::PrivateKey;
using crypto::PublicKey;

// The first byte of each message.
constexpr char key_word = 'k';
constexpr char error_word = 'e';
constexpr char sign_word = 'S';
constexpr char signature_word = 's';
/// A person may type a passphrase again. A PIN is asked for once: a token locks itself after a few wrong ones.
constexpr int passphrase_attempts = 3;
constexpr std::size_t text_limit = 4096;

// --- the protocol, for both ends ---

std::string sized(std::string_view text) {
  text = text.substr(0, text_limit);
  return std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)} + std::string(text);
}

Result<std::string> read_sized(sys::Channel& channel) {
  AIRLOCK_TRY(const std::string size, channel.read(2));
  std::size_t count = 0;
  for (const char byte : size) count = count << 8 | static_cast<unsigned char>(byte);
  if (count > text_limit) return fail(Code::unexpected, "an answer is too long");
  return channel.read(count);
}

// --- the keeper process ---

Result<void> send_error(sys::Channel& channel, const Error& error) {
  return channel.write(std::string{error_word, static_cast<char>(error.code)} + sized(error.message) +
                       sized(error.hint));
}

/// Reads a key under a passphrase. A person who may have mistyped is asked again.
Result<PrivateKey> decrypt(const crypto::Secret& pem, const std::string& name) {
  const int attempts = asks_a_person(name) ? passphrase_attempts : 1;
  for (int i = 1;; ++i) {
    AIRLOCK_TRY(const crypto::Secret passphrase, secret_for(name, Asked::passphrase));
    auto key = PrivateKey::from_encrypted_pem(pem.view(), passphrase);
    if (key || key.error().code != Code::refused || i == attempts) return key;
    sys::tell_terminal(secret_sources().program + ": " + key.error().message + "\n");
  }
}

Result<PrivateKey> unlock(const KeyFile& file, const std::string& name) {
  if (file.kept != KeyProtection::in_token) return decrypt(file.pem, name);
  AIRLOCK_TRY(const crypto::Secret pin, secret_for(name, Asked::pin));
  // The module may need variables of its own, but none may name a library for OpenSSL or the engine to load.
  sys::set_environment(secret_sources().environment, {"OPENSSL_", "PKCS11_", "SSL_"});
  return crypto::load_token_key(file.token.uri, file.token.module, pin);
}

Result<void> serve(sys::Channel& channel, const KeyFile& file, const std::string& name, int secret) {
  const auto key = unlock(file, name);
  sys::close_descriptor(secret);
  if (!key) return send_error(channel, key.error());
  const std::size_t size = crypto::digest_bytes(key->kind());
  if (size == 0) return send_error(channel, {Code::bad_input, "an Ed25519 key signs checkpoints only", {}});
  AIRLOCK_CHECK(channel.write(key_word + sized(key->public_key().pem())));
  for (int signed_before = 0;; ++signed_before) {
    AIRLOCK_TRY(const std::string word, channel.read(1));
    AIRLOCK_TRY(const std::string count, channel.read(2));
    if (word[0] != sign_word || count[0] != 0 || static_cast<unsigned char>(count[1]) != size) {
      return send_error(channel, {Code::refused, "the key agent signs digests only", {}});
    }
    AIRLOCK_TRY(const std::string digest, channel.read(size));
    if (signed_before == signatures_limit) {
      return send_error(
          channel, {Code::refused, "the key agent has reached its maximum of signatures for one run", "run it again"});
    }
    const auto signature = crypto::sign_digest(*key, digest);
    if (signature) {
      AIRLOCK_CHECK(channel.write(signature_word + sized(*signature)));
    } else {
      AIRLOCK_CHECK(send_error(channel, signature.error()));
    }
  }
}

// --- the process that asks ---

/// A keeper that runs, as the process that asks knows it.
struct KeeperProcess {
  std::string name;
  sys::Channel channel;
  std::string public_key;  ///< PEM; empty for an adopted keeper, whose signatures are verified like every other
};

/// By `label`, or by name for adopted keepers. An error is kept as well.
struct Keepers {
  std::map<std::string, Result<std::shared_ptr<KeeperProcess>>> all;
  bool confined = false;
};

Keepers& keepers() {
  static Keepers out;
  return out;
}

std::string label(std::string_view name, const PublicKey& public_key) {
  return std::string(name) + " " + public_key.sha256().hex();
}

/// Reads an error behind its first byte.
Error hear_error(sys::Channel& channel, const std::string& name) {
  const Error lost{Code::unexpected, "the key agent of the key " + quote(name) + " has ended", {}};
  const auto code = channel.read(1);
  if (!code) return lost;
  auto message = read_sized(channel);
  if (!message) return lost;
  auto hint = read_sized(channel);
  if (!hint) return lost;
  Error out{Code::unexpected, "the key " + quote(name) + ": " + core::printable(*message, text_limit),
            core::printable(*hint, text_limit)};
  for (const Code known : {Code::usage, Code::bad_input, Code::refused, Code::integrity}) {
    if (static_cast<int>(known) == static_cast<unsigned char>((*code)[0])) out.code = known;
  }
  return out;
}

/// Reads an answer that begins with `word`. Error: the one that came instead.
Result<std::string> hear(sys::Channel& channel, char word, const std::string& name) {
  const auto first = channel.read(1);
  if (!first || ((*first)[0] != word && (*first)[0] != error_word)) {
    return fail(Code::unexpected, "the key agent of the key " + quote(name) + " has ended",
                "a token's PKCS #11 module may have crashed it; try again, and report it to the module's maker");
  }
  if ((*first)[0] == error_word) return fail(hear_error(channel, name));
  return read_sized(channel);
}

Result<std::shared_ptr<KeeperProcess>> start(const KeyFile& file, const std::string& name) {
  const int secret = secret_sources().passphrase_fd < 0 ? -1 : static_cast<int>(secret_sources().passphrase_fd);
  AIRLOCK_TRY(sys::Channel channel, sys::start_helper(secret, [&](sys::Channel& asked) {
                if (!serve(asked, file, name, secret)) return;
              }));
  AIRLOCK_TRY(std::string public_key, hear(channel, key_word, name));
  return std::make_shared<KeeperProcess>(KeeperProcess{name, std::move(channel), std::move(public_key)});
}

Result<PrivateKey> key_of(const std::shared_ptr<KeeperProcess>& process, const PublicKey& public_key) {
  return crypto::delegated_key(public_key, [process](std::string_view digest) -> Result<std::string> {
    if (!process->channel.write(sign_word + sized(digest))) {
      return fail(Code::unexpected, "the key agent of the key " + quote(process->name) + " has ended");
    }
    return hear(process->channel, signature_word, process->name);
  });
}

/// Makes one signature, so that a key that cannot sign is found before anything is recorded. `delegated_key` verifies
/// it.
Result<void> try_out(const PrivateKey& key) {
  const std::string random = sys::random_bytes(crypto::digest_bytes(key.kind()));
  AIRLOCK_CHECK(crypto::sign_digest(key, random));
  return {};
}

Result<std::shared_ptr<KeeperProcess>> opened(const std::string& path, const std::string& name,
                                              const PublicKey& public_key, const KeyFile& file) {
  AIRLOCK_TRY(auto process, start(file, name));
  if (process->public_key != public_key.pem()) {
    return fail(Code::integrity, quote(path) + ": does not belong to the certificate beside it");
  }
  AIRLOCK_TRY(const PrivateKey key, key_of(process, public_key));
  AIRLOCK_CHECK(try_out(key));
  return process;
}

}  // namespace

Result<PrivateKey> signing_key(const std::string& path, std::string_view name, const PublicKey& public_key) {
  auto& all = keepers().all;
  for (const std::string& known : {label(name, public_key), std::string(name)}) {
    const auto at = all.find(known);
    if (at == all.end()) continue;
    if (!at->second) return fail(at->second.error());
    return key_of(*at->second, public_key);
  }
  AIRLOCK_TRY(const KeyFile file, read_key_file(path));
  if (file.kept == KeyProtection::unencrypted) {
    auto key = PrivateKey::from_pem(file.pem.view());
    if (!key) return fail(std::move(key.error()).within(quote(path)));
    if (!(key->public_key() == public_key)) {
      return fail(Code::integrity, quote(path) + ": does not belong to the certificate beside it");
    }
    return key;
  }
  AIRLOCK_CHECK(crypto::delegation_is_built());
  if (keepers().confined) {
    return fail(Code::refused,
                quote(path) + ": is kept " + std::string(keeper::name(file.kept)) + ", but no key agent has it");
  }
  // An error is kept and returned again: trying a wrong PIN again and again would lock the token.
  auto process = opened(path, std::string(name), public_key, file);
  const auto& known = all.emplace(label(name, public_key), std::move(process)).first->second;
  if (!known) return fail(known.error());
  return key_of(*known, public_key);
}

Result<PrivateKey> token_key(const TokenKey& token, std::string_view name) {
  AIRLOCK_CHECK(crypto::delegation_is_built());
  AIRLOCK_CHECK(check(token));
  KeyFile file;
  file.kept = KeyProtection::in_token;
  file.token = token;
  AIRLOCK_TRY(auto process, start(file, std::string(name)));
  AIRLOCK_TRY(const PublicKey public_key, PublicKey::from_pem(process->public_key));
  AIRLOCK_TRY(PrivateKey key, key_of(process, public_key));
  AIRLOCK_CHECK(try_out(key));
  keepers().all.insert_or_assign(label(name, public_key), process);
  return key;
}

Result<PrivateKey> whole_key(const std::string& path, std::string_view name) {
  AIRLOCK_TRY(const KeyFile file, read_key_file(path));
  if (file.kept == KeyProtection::in_token) {
    return fail(Code::bad_input, quote(path) + ": names a key in a token, but this key must be in the file itself",
                "put the key file back there, with or without a passphrase");
  }
  auto key = file.kept == KeyProtection::unencrypted ? PrivateKey::from_pem(file.pem.view())
                                                     : decrypt(file.pem, std::string(name));
  if (!key) return fail(std::move(key.error()).within(quote(path)));
  return key;
}

Result<std::string> under_new_passphrase(const PrivateKey& key, std::string_view name) {
  AIRLOCK_CHECK(crypto::delegation_is_built());
  AIRLOCK_TRY(const crypto::Secret passphrase, secret_for(name, Asked::new_passphrase));
  return key.encrypted_pem(passphrase);
}

void confine() { keepers().confined = true; }

std::vector<int> descriptors() {
  std::vector<int> out;
  for (const auto& [known, process] : keepers().all) {
    if (!process) continue;
    for (const int fd : (*process)->channel.descriptors()) out.push_back(fd);
  }
  return out;
}

std::vector<int> descriptors(std::string_view name) {
  std::vector<int> out;
  for (const auto& [known, process] : keepers().all) {
    if (process && (*process)->name == name) out = (*process)->channel.descriptors();
  }
  return out;
}

void adopt(std::string_view name, int from_keeper, int to_keeper) {
  sys::Channel channel{sys::Descriptor(from_keeper), sys::Descriptor(to_keeper)};
  keepers().all.insert_or_assign(
      std::string(name), std::make_shared<KeeperProcess>(KeeperProcess{std::string(name), std::move(channel), {}}));
}

}  // namespace airlock::keeper
