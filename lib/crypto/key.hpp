#pragma once
/// \file
/// Asymmetric keys: making, reading, writing, and their public halves. PEM with PKCS #8 (RFC 5958, RFC 7468), encrypted
/// under a passphrase (PBES2, RFC 8018) or not, and SubjectPublicKeyInfo. Where a passphrase comes from is not known here.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"

struct evp_pkey_st;
struct pkcs8_priv_key_info_st;

namespace airlock::crypto {

enum class KeyKind : std::uint8_t {
  p256,     ///< ECDSA and ECDH on NIST P-256: the default
  p384,     ///< ECDSA and ECDH on NIST P-384
  rsa,      ///< RSA of 3072 to 8192 bits
  ed25519,  ///< signs the ledger's checkpoints and nothing else
};

/// A public key. Cheap to copy.
class PublicKey {
 public:
  /// Reads one PEM `PUBLIC KEY`. Error: bad_input where it is none or of another kind.
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);
  /// Reads the 32 bytes of an Ed25519 key (RFC 8032).
  [[nodiscard]] static Result<PublicKey> from_ed25519(std::string_view raw);
  /// Takes a key of OpenSSL's and its SubjectPublicKeyInfo. Error: bad_input where it is of another kind or size, or in
  /// another encoding, than `KeyKind` names.
  [[nodiscard]] static Result<PublicKey> from_handle(std::shared_ptr<evp_pkey_st> handle, std::string der);

  [[nodiscard]] KeyKind kind() const { return kind_; }
  [[nodiscard]] std::string pem() const;
  /// DER of the SubjectPublicKeyInfo (RFC 5280 4.1).
  [[nodiscard]] const std::string& der() const { return der_; }
  /// SHA-256 over `der()`: the `key_sha256` of licences and registers.
  [[nodiscard]] Digest sha256() const;
  /// The 32 bytes of an Ed25519 key. Precondition: that kind.
  [[nodiscard]] std::string ed25519() const;
  [[nodiscard]] bool operator==(const PublicKey& other) const { return der_ == other.der_; }

  [[nodiscard]] evp_pkey_st* handle() const { return handle_.get(); }

 private:
  PublicKey(std::shared_ptr<evp_pkey_st> handle, std::string der, KeyKind kind)
      : handle_(std::move(handle)), der_(std::move(der)), kind_(kind) {}

  std::shared_ptr<evp_pkey_st> handle_;
  std::string der_;  // kept, since OpenSSL takes longer to encode a key than to sign with it
  KeyKind kind_;
};

/// Whether a file begins as a PEM key under a passphrase does.
[[nodiscard]] bool is_encrypted_pem(std::string_view pem);

/// A private key: moves, does not copy, and never turns into text by accident.
class PrivateKey {
 public:
  /// Makes a key; `rsa` has 3072 bits. Error: unexpected.
  [[nodiscard]] static Result<PrivateKey> generate(KeyKind kind);
  /// Reads one unencrypted PEM `PRIVATE KEY` (PKCS #8). Error: bad_input where it is none, encrypted, of a kind or size
  /// that is not allowed, or where its private half does not fit its public one.
  [[nodiscard]] static Result<PrivateKey> from_pem(std::string_view pem);

  /// Reads one PEM `ENCRYPTED PRIVATE KEY`. Errors: refused where the passphrase is wrong, which is what a damaged file
  /// looks like too; bad_input as `from_pem`, and where it is encrypted by anything but PBES2.
  [[nodiscard]] static Result<PrivateKey> from_encrypted_pem(std::string_view pem, const Secret& passphrase);

  [[nodiscard]] KeyKind kind() const { return public_.kind(); }
  [[nodiscard]] Secret pem() const;
  /// The same under a passphrase: PBES2 with AES-256-CBC and PBKDF2 of 600 000 rounds of HMAC-SHA-256.
  [[nodiscard]] std::string encrypted_pem(const Secret& passphrase) const;
  /// The public half; holds nothing that signs.
  [[nodiscard]] const PublicKey& public_key() const { return public_; }

  [[nodiscard]] evp_pkey_st* handle() const { return handle_.get(); }

  /// For this module: takes a key of OpenSSL's that knows its public half. Error: bad_input as `PublicKey::from_handle`.
  [[nodiscard]] static Result<PrivateKey> from_handle(std::shared_ptr<evp_pkey_st> handle);
  /// For this module: a key whose private half is elsewhere.
  [[nodiscard]] static PrivateKey with_half(std::shared_ptr<evp_pkey_st> handle, PublicKey half) {
    return {std::move(handle), std::move(half)};
  }

  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  PrivateKey(PrivateKey&&) = default;
  PrivateKey& operator=(PrivateKey&&) = default;
  ~PrivateKey() = default;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> handle, PublicKey half)
      : handle_(std::move(handle)), public_(std::move(half)) {}
  /// From the PKCS #8 structure.
  [[nodiscard]] static Result<PrivateKey> from_info(const pkcs8_priv_key_info_st* info);

  std::shared_ptr<evp_pkey_st> handle_;
  PublicKey public_;
};

}  // namespace airlock::crypto
