#include "keeper/keeper.hpp"

#include <map>
#include <memory>

#include "core/text.hpp"
#include "crypto/delegate.hpp"
#include "crypto/token.hpp"
#include "keeper/passphrase.hpp"
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

constexpr char key_word = 'k';
constexpr char error_word = 'e';
constexpr char sign_word = 'S';
constexpr char signature_word = 's';
/// A mistyped passphrase is typed again; a mistyped PIN is not, since tokens count.
constexpr int tries = 3;
constexpr std::size_t text_most = 4096;

// --- what both ends say ---

std::string sized(std::string_view text) {
  text = text.substr(0, text_most);
  return std::string{static_cast<char>(text.size() >> 8), static_cast<char>(text.size() & 0xFF)} + std::string(text);
}

Result<std::string> read_sized(sys::Channel& channel) {
  AIRLOCK_TRY(const std::string size, channel.read(2));
  std::size_t count = 0;
  for (const char byte : size) count = count << 8 | static_cast<unsigned char>(byte);
  if (count > text_most) return fail(Code::unexpected, "an answer is too long");
  return channel.read(count);
}

// --- the keeper ---

Result<void> tell_error(sys::Channel& channel, const Error& error) {
  return channel.write(std::string{error_word, static_cast<char>(error.code)} + sized(error.message) +
                       sized(error.hint));
}

/// Asks again where a person may have mistyped.
Result<PrivateKey> decrypt(const crypto::Secret& pem, const std::string& name) {
  const int most = asks_a_person(name) ? tries : 1;
  for (int i = 1;; ++i) {
    AIRLOCK_TRY(const crypto::Secret word, secret_for(name, Asked::passphrase));
    auto key = PrivateKey::from_encrypted_pem(pem.view(), word);
    if (key || key.error().code != Code::refused || i == most) return key;
    sys::tell_terminal(access().program + ": " + key.error().message + "\n");
  }
}

Result<PrivateKey> unlock(const KeyFile& file, const std::string& name) {
  if (file.kept != Kept::in_token) return decrypt(file.pem, name);
  AIRLOCK_TRY(const crypto::Secret pin, secret_for(name, Asked::pin));
  // What tells OpenSSL or the engine what to load is not for the environment to say.
  sys::set_environment(access().environment, {"OPENSSL_", "PKCS11_", "SSL_"});
  return crypto::load_token_key(file.token.uri, file.token.module, pin);
}

Result<void> serve(sys::Channel& channel, const KeyFile& file, const std::string& name, int secret) {
  const auto key = unlock(file, name);
  sys::close_descriptor(secret);
  if (!key) return tell_error(channel, key.error());
  const std::size_t size = crypto::digest_bytes(key->kind());
  if (size == 0) return tell_error(channel, {Code::bad_input, "an Ed25519 key signs checkpoints only", {}});
  AIRLOCK_CHECK(channel.write(key_word + sized(key->public_key().pem())));
  for (int signed_before = 0;; ++signed_before) {
    AIRLOCK_TRY(const std::string word, channel.read(1));
    AIRLOCK_TRY(const std::string count, channel.read(2));
    if (word[0] != sign_word || count[0] != 0 || static_cast<unsigned char>(count[1]) != size) {
      return tell_error(channel, {Code::refused, "the keeper signs digests and nothing else", {}});
    }
    AIRLOCK_TRY(const std::string digest, channel.read(size));
    if (signed_before == signatures_limit) {
      return tell_error(channel,
                        {Code::refused, "the keeper has signed as often as it does in one run", "run it again"});
    }
    const auto signature = crypto::sign_digest(*key, digest);
    if (signature) {
      AIRLOCK_CHECK(channel.write(signature_word + sized(*signature)));
    } else {
      AIRLOCK_CHECK(tell_error(channel, signature.error()));
    }
  }
}

// --- who asks ---

/// A keeper as this process knows it.
struct Keeping {
  std::string name;
  sys::Channel channel;
  std::string half;  ///< PEM; empty where it was taken over, and each signature is what tells
};

struct Keepings {
  std::map<std::string, Result<std::shared_ptr<Keeping>>> all;
  bool confined = false;
};

Keepings& keepings() {
  static Keepings out;
  return out;
}

std::string label(std::string_view name, const PublicKey& half) {
  return std::string(name) + " " + half.sha256().hex();
}

Error heard_error(sys::Channel& channel, const std::string& name) {
  const Error lost{Code::unexpected, "the keeper of the key " + quote(name) + " has ended", {}};
  const auto code = channel.read(1);
  if (!code) return lost;
  auto message = read_sized(channel);
  if (!message) return lost;
  auto hint = read_sized(channel);
  if (!hint) return lost;
  Error out{Code::unexpected, "the key " + quote(name) + ": " + core::printable(*message, text_most),
            core::printable(*hint, text_most)};
  for (const Code known : {Code::usage, Code::bad_input, Code::refused, Code::integrity}) {
    if (static_cast<int>(known) == static_cast<unsigned char>((*code)[0])) out.code = known;
  }
  return out;
}

/// Hears one answer that begins with `word`, or an error.
Result<std::string> hear(sys::Channel& channel, char word, const std::string& name) {
  const auto first = channel.read(1);
  if (!first || ((*first)[0] != word && (*first)[0] != error_word)) {
    return fail(Code::unexpected, "the keeper of the key " + quote(name) + " has ended",
                "a token's module may have crashed it; try again, and tell its maker");
  }
  if ((*first)[0] == error_word) return fail(heard_error(channel, name));
  return read_sized(channel);
}

Result<std::shared_ptr<Keeping>> start(const KeyFile& file, const std::string& name) {
  const int secret = access().passphrase_fd < 0 ? -1 : static_cast<int>(access().passphrase_fd);
  AIRLOCK_TRY(sys::Channel channel, sys::start_helper(secret, [&](sys::Channel& asked) {
                if (!serve(asked, file, name, secret)) return;
              }));
  AIRLOCK_TRY(std::string half, hear(channel, key_word, name));
  return std::make_shared<Keeping>(Keeping{name, std::move(channel), std::move(half)});
}

Result<PrivateKey> key_of(const std::shared_ptr<Keeping>& keeping, const PublicKey& half) {
  return crypto::delegated_key(half, [keeping](std::string_view digest) -> Result<std::string> {
    if (!keeping->channel.write(sign_word + sized(digest))) {
      return fail(Code::unexpected, "the keeper of the key " + quote(keeping->name) + " has ended");
    }
    return hear(keeping->channel, signature_word, keeping->name);
  });
}

/// A key that does not sign is better known before anything is recorded. The signature is verified where it is made.
Result<void> try_out(const PrivateKey& key) {
  const std::string random = sys::random_bytes(crypto::digest_bytes(key.kind()));
  AIRLOCK_CHECK(crypto::sign_digest(key, random));
  return {};
}

Result<std::shared_ptr<Keeping>> opened(const std::string& path, const std::string& name, const PublicKey& half,
                                        const KeyFile& file) {
  AIRLOCK_TRY(auto keeping, start(file, name));
  if (keeping->half != half.pem()) {
    return fail(Code::integrity, quote(path) + ": does not belong to the certificate beside it");
  }
  AIRLOCK_TRY(const PrivateKey key, key_of(keeping, half));
  AIRLOCK_CHECK(try_out(key));
  return keeping;
}

}  // namespace

Result<PrivateKey> signing_key(const std::string& path, std::string_view name, const PublicKey& half) {
  auto& all = keepings().all;
  for (const std::string& known : {label(name, half), std::string(name)}) {
    const auto at = all.find(known);
    if (at == all.end()) continue;
    if (!at->second) return fail(at->second.error());
    return key_of(*at->second, half);
  }
  AIRLOCK_TRY(const KeyFile file, read_key_file(path));
  if (file.kept == Kept::openly) {
    auto key = PrivateKey::from_pem(file.pem.view());
    if (!key) return fail(std::move(key.error()).within(quote(path)));
    if (!(key->public_key() == half)) {
      return fail(Code::integrity, quote(path) + ": does not belong to the certificate beside it");
    }
    return key;
  }
  if (keepings().confined) {
    return fail(Code::refused,
                quote(path) + ": is kept " + std::string(keeper::name(file.kept)) + ", and has no keeper");
  }
  // An error stays too: a wrong PIN that is tried again and again locks a token.
  auto keeping = opened(path, std::string(name), half, file);
  const auto& known = all.emplace(label(name, half), std::move(keeping)).first->second;
  if (!known) return fail(known.error());
  return key_of(*known, half);
}

Result<PrivateKey> token_key(const Token& token, std::string_view name) {
  AIRLOCK_CHECK(check(token));
  KeyFile file;
  file.kept = Kept::in_token;
  file.token = token;
  AIRLOCK_TRY(auto keeping, start(file, std::string(name)));
  AIRLOCK_TRY(const PublicKey half, PublicKey::from_pem(keeping->half));
  AIRLOCK_TRY(PrivateKey key, key_of(keeping, half));
  AIRLOCK_CHECK(try_out(key));
  keepings().all.insert_or_assign(label(name, half), keeping);
  return key;
}

Result<PrivateKey> whole_key(const std::string& path, std::string_view name) {
  AIRLOCK_TRY(const KeyFile file, read_key_file(path));
  if (file.kept == Kept::in_token) {
    return fail(Code::bad_input, quote(path) + ": is in a token, and this key must be a file",
                "put a file there, under a passphrase or not");
  }
  auto key = file.kept == Kept::openly ? PrivateKey::from_pem(file.pem.view()) : decrypt(file.pem, std::string(name));
  if (!key) return fail(std::move(key.error()).within(quote(path)));
  return key;
}

void confine() { keepings().confined = true; }

std::vector<int> descriptors() {
  std::vector<int> out;
  for (const auto& [known, keeping] : keepings().all) {
    if (!keeping) continue;
    for (const int fd : (*keeping)->channel.descriptors()) out.push_back(fd);
  }
  return out;
}

std::vector<int> descriptors(std::string_view name) {
  std::vector<int> out;
  for (const auto& [known, keeping] : keepings().all) {
    if (keeping && (*keeping)->name == name) out = (*keeping)->channel.descriptors();
  }
  return out;
}

void adopt(std::string_view name, int from_keeper, int to_keeper) {
  sys::Channel channel{sys::Descriptor(from_keeper), sys::Descriptor(to_keeper)};
  keepings().all.insert_or_assign(std::string(name),
                                  std::make_shared<Keeping>(Keeping{std::string(name), std::move(channel), {}}));
}

}  // namespace airlock::keeper
