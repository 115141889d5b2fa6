#pragma once
/// \file
/// Public and private keys: making, reading and writing them. Private keys are PEM with PKCS #8 (RFC 5958, RFC 7468),
/// unencrypted or under a passphrase (PBES2, RFC 8018); public keys are SubjectPublicKeyInfo (RFC 5280 4.1). Where a
/// passphrase comes from is not known here.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/digest.hpp"
#include "core/result.hpp"
#include "crypto/hash.hpp"
#include "crypto/key_kind.hpp"

struct evp_pkey_st;
struct pkcs8_priv_key_info_st;

namespace airlock::crypto {

/// A public key. Cheap to copy.
class PublicKey {
 public:
  /// Reads one PEM `PUBLIC KEY`. Error: bad_input if it is not one, or not of a `KeyKind`.
  [[nodiscard]] static Result<PublicKey> from_pem(std::string_view pem);
  /// Reads the 32 bytes of an Ed25519 key (RFC 8032).
  [[nodiscard]] static Result<PublicKey> from_ed25519(std::string_view raw);
  /// Takes a key of OpenSSL's and its SubjectPublicKeyInfo. Error: bad_input if kind, size or encoding are not those
  /// that `KeyKind` allows.
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
  std::string der_;  // stored because OpenSSL takes longer to encode a key than to sign with it
  KeyKind kind_;
};

/// Whether a file is a PEM key under a passphrase, judged by its first line.
[[nodiscard]] bool is_encrypted_pem(std::string_view pem);

/// A private key. It can be moved but not copied, and nothing converts it to text implicitly.
class PrivateKey {
 public:
  /// Makes a key; `rsa` has 3072 bits. Error: unexpected.
  [[nodiscard]] static Result<PrivateKey> generate(KeyKind kind);
  /// Reads one unencrypted PEM `PRIVATE KEY` (PKCS #8). Error: bad_input if it is not one, is encrypted, has a kind or
  /// size that is not allowed, or if the public key in it belongs to another private key.
  [[nodiscard]] static Result<PrivateKey> from_pem(std::string_view pem);

  /// Reads one PEM `ENCRYPTED PRIVATE KEY`. Errors: refused if the passphrase is wrong or the file damaged, which look
  /// the same; bad_input as `from_pem`, or if the encryption is not the PBES2 of docs/formats/keys.md.
  [[nodiscard]] static Result<PrivateKey> from_encrypted_pem(std::string_view pem, const Secret& passphrase);

  [[nodiscard]] KeyKind kind() const { return public_.kind(); }
  [[nodiscard]] Secret pem() const;
  /// The PEM under a passphrase: PBES2 with AES-256-CBC and PBKDF2 of 600 000 rounds of HMAC-SHA-256.
  [[nodiscard]] std::string encrypted_pem(const Secret& passphrase) const;
  [[nodiscard]] const PublicKey& public_key() const { return public_; }

  [[nodiscard]] evp_pkey_st* handle() const { return handle_.get(); }

  /// For this module: takes a private key of OpenSSL's. Error: as `PublicKey::from_handle`.
  [[nodiscard]] static Result<PrivateKey> from_handle(std::shared_ptr<evp_pkey_st> handle);
  /// For this module: a key of OpenSSL's whose public key is known already.
  [[nodiscard]] static PrivateKey with_public_key(std::shared_ptr<evp_pkey_st> handle, PublicKey public_key) {
    return {std::move(handle), std::move(public_key)};
  }

  PrivateKey(const PrivateKey&) = delete;
  PrivateKey& operator=(const PrivateKey&) = delete;
  PrivateKey(PrivateKey&&) = default;
  PrivateKey& operator=(PrivateKey&&) = default;
  ~PrivateKey() = default;

 private:
  PrivateKey(std::shared_ptr<evp_pkey_st> handle, PublicKey public_key)
      : handle_(std::move(handle)), public_(std::move(public_key)) {}
  [[nodiscard]] static Result<PrivateKey> from_info(const pkcs8_priv_key_info_st* info);
  /// A private key of OpenSSL's and the SubjectPublicKeyInfo of its public key.
  [[nodiscard]] static Result<PrivateKey> with_spki(std::shared_ptr<evp_pkey_st> handle, std::string spki);
  /// The key that was read from a file, if both halves in the file belong together.
  [[nodiscard]] static Result<PrivateKey> checked(Result<PrivateKey> read);

  std::shared_ptr<evp_pkey_st> handle_;
  PublicKey public_;
};

}  // namespace airlock::crypto
