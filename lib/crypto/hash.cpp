#include "crypto/hash.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "crypto/openssl.hpp"

namespace airlock::crypto {
namespace {

/// SHA-256 of OpenSSL, fetched once because a fetch costs more than a short digest. Never freed, since other threads
/// may use it while the process ends.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(library(), "SHA2-256", nullptr);
  ensure(algorithm != nullptr, "SHA-256");
  return algorithm;
}

Handle<EVP_MAC_CTX> new_mac(const char* name) {
  EVP_MAC* const algorithm = EVP_MAC_fetch(library(), name, nullptr);
  Handle<EVP_MAC_CTX> context(EVP_MAC_CTX_new(algorithm));
  EVP_MAC_free(algorithm);  // the context holds its own reference
  ensure(context != nullptr, name);
  return context;
}

/// Computes the MAC of `text` in a context that has been initialised with its key.
template <std::size_t size>
void mac(EVP_MAC_CTX* context, std::string_view text, std::array<std::uint8_t, size>& out) {
  std::size_t written = 0;
  ensure(EVP_MAC_update(context, octets(text), text.size()) == 1 &&
             EVP_MAC_final(context, out.data(), &written, size) == 1 && written == size,
         "MAC");
}

}  // namespace

// A moved-from short string keeps its bytes, so they are copied, and then wiped. NOLINTNEXTLINE(cert-oop11-cpp)
Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.clear(); }

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    clear();
    bytes_ = other.bytes_;
    other.clear();
  }
  return *this;
}

Secret::~Secret() { clear(); }

void Secret::clear() {
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}

struct Sha256::State {
  Handle<EVP_MD_CTX> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  ensure(EVP_DigestInit_ex2(state_->context.get(), sha256_algorithm(), nullptr) == 1, "SHA-256");
}
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  ensure(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
}

Digest Sha256::finish() {
  Digest digest;
  ensure(EVP_DigestFinal_ex(state_->context.get(), digest.bytes.data(), nullptr) == 1, "SHA-256");
  return digest;
}

Result<void> Sha256::write(std::string_view bytes) {
  update(bytes);
  return {};
}

Digest sha256(std::string_view bytes) {
  Digest digest;
  ensure(EVP_Digest(bytes.data(), bytes.size(), digest.bytes.data(), nullptr, sha256_algorithm(), nullptr) == 1,
         "SHA-256");
  return digest;
}

Result<Digest> sha256(const core::Blob& blob) {
  Sha256 hash;
  core::BlobSource source(blob);
  AIRLOCK_CHECK(core::copy(source, hash));
  return hash.finish();
}

struct HmacSha256::State {
  Handle<EVP_MAC_CTX> context = new_mac("HMAC");
};

HmacSha256::HmacSha256(const Secret& key) : state_(std::make_unique<State>()) {
  char digest[] = "SHA2-256";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                   OSSL_PARAM_construct_end()};
  ensure(EVP_MAC_init(state_->context.get(), octets(key.view()), key.view().size(), parameters) == 1, "HMAC");
}
HmacSha256::HmacSha256(HmacSha256&&) noexcept = default;
HmacSha256& HmacSha256::operator=(HmacSha256&&) noexcept = default;
HmacSha256::~HmacSha256() = default;

Digest HmacSha256::operator()(std::string_view text) {
  // Without a key, OpenSSL starts again with the one that is set.
  ensure(EVP_MAC_init(state_->context.get(), nullptr, 0, nullptr) == 1, "HMAC");
  Digest digest;
  mac(state_->context.get(), text, digest.bytes);
  return digest;
}

Fingerprinter::Fingerprinter(const Secret& key) {
  if (key.view().size() != 16) throw std::logic_error("crypto::Fingerprinter: the key must have 16 bytes");
  const std::uint64_t low = word(key.view().data());
  const std::uint64_t high = word(key.view().data() + 8);
  start_.v = {low ^ 0x736F6D6570736575, high ^ 0x646F72616E646F6D ^ 0xEE, low ^ 0x6C7967656E657261,
              high ^ 0x7465646279746573};
}

}  // namespace airlock::crypto
