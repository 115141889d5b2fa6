#pragma once
/// \file
/// What the tests of crypto/ share: a small PKI, a DER editor, objects made by OpenSSL's own API in ways that Airlock
/// never makes them, and the stock `openssl` program.

#include <doctest/doctest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/io.hpp"
#include "crypto/certificate.hpp"
#include "crypto/cms.hpp"
#include "crypto/key.hpp"

namespace airlock::test {

using namespace crypto;
using core::Code;
using core::MemoryBlob;

inline core::Time time(std::string_view text) { return core::Time::from_text(text).value(); }
inline const core::Time from = time("2020-01-01T00:00:00Z");
inline const core::Time now = time("2026-11-01T12:00:00Z");
inline const core::Time until = time("2049-01-01T00:00:00Z");

/// A key with its certificate. Keys are made once for each kind and name, since RSA keys are slow to make.
struct Identity {
  PrivateKey key;
  Certificate certificate;
};
PrivateKey copy(const PrivateKey& key);
/// A P-256 authority that signed itself.
Identity root(const std::string& name = "root", KeyKind kind = KeyKind::p256, std::vector<Role> roles = {});
Identity authority(const Identity& issuer, std::vector<Role> roles, const std::string& name = "authority");
Identity leaf(const Identity& issuer, Role role, KeyKind kind = KeyKind::p256, const std::string& name = "leaf");
/// An RSA key of 3072 bits, always the same one.
const PrivateKey& rsa_key();

inline Signer signer(const Identity& identity, std::span<const Certificate> chain = {}) {
  return {identity.key, identity.certificate, now, chain};
}
Result<std::string> content_of(std::string_view object, const TrustStore& trust);
std::string sealed(std::string_view content, const Identity& signer, std::span<const Certificate> recipients);
Result<std::string> opened(std::string_view object, const Identity& recipient);

/// Bytes of which those from `first_bad` on cannot be read, as on a failing disk.
class FailingBlob final : public core::Blob {
 public:
  FailingBlob(std::string_view bytes, std::uint64_t first_bad) : bytes_(bytes), first_bad_(first_bad) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    if (offset + into.size() > first_bad_) return core::fail(Code::unexpected, "the disk failed");
    return MemoryBlob(bytes_).read_at(offset, into);
  }

 private:
  std::string_view bytes_;
  std::uint64_t first_bad_;
};

/// The message of a failed result, with its code in front: `bad_input: is not …`.
template <typename T>
std::string why(const Result<T>& result) {
  if (result) return "accepted";
  const char* const codes[] = {"", "unexpected", "", "bad_input", "refused", "integrity", "", "", "not_recorded"};
  return codes[static_cast<int>(result.error().code)] + (": " + result.error().message);
}

/// A DER value that can be edited; constructed ones have children.
struct Node {
  std::uint8_t tag = 0;
  std::string content;
  std::vector<Node> children;

  [[nodiscard]] bool constructed() const { return (tag & 0x20) != 0; }
  [[nodiscard]] std::string der() const;
  Node& operator[](std::size_t index) { return children.at(index); }
  void erase(std::size_t index) { children.erase(children.begin() + static_cast<std::ptrdiff_t>(index)); }
  void insert(std::size_t index, Node node) {
    children.insert(children.begin() + static_cast<std::ptrdiff_t>(index), std::move(node));
  }
};
Node parse(std::string_view der);
/// `der` after `edit`.
std::string edited(std::string_view der, const std::function<void(Node&)>& edit);
/// A primitive value.
inline Node primitive(std::uint8_t tag, std::string_view content) { return {tag, std::string(content), {}}; }
/// The parts of SignedData and AuthEnvelopedData, DER.
inline Node& signed_data(Node& object) { return object[1][0]; }
inline Node& signer_info(Node& object) { return signed_data(object)[4][0]; }
inline Node& sealed_data(Node& object) { return object[1][0]; }

/// How OpenSSL is told to sign; the defaults are those of the profile.
struct Signing {
  const char* digest = "SHA256";
  unsigned flags = 0;  ///< of CMS_add1_signer, beyond CMS_BINARY, CMS_NOSMIMECAP and CMS_CADES
  bool cades = true;
  bool smime_capabilities = false;
  bool pss = true;        ///< RSA only
  int pss_salt = -1;      ///< RSA_PSS_SALTLEN_DIGEST
  bool detached = false;  ///< leaves the content out
  int content_type = 0;   ///< a NID; 0 is id-data
  const Identity* second = nullptr;
};
std::string openssl_signs(std::string_view content, const Identity& identity, const Signing& how = {});
/// The same by any key of OpenSSL's, with a certificate like `template_of` from `issuer`.
std::string openssl_signs_as(std::string_view content, evp_pkey_st* key, const Certificate& template_of,
                             const Identity& issuer);
/// Whether OpenSSL alone accepts the object: what the traps are about.
bool openssl_verifies(std::string_view object, const Certificate& root);

/// How OpenSSL is told to encrypt; the defaults are those of the profile.
struct Sealing {
  const char* cipher = "AES-256-GCM";
  const char* kdf = "SHA256";  ///< null: OpenSSL's default, SHA-1
  bool oaep = true;            ///< RSA only
  const char* oaep_digest = "SHA256";
  unsigned flags = 0;  ///< of CMS_add1_recipient_cert
  bool password = false;
};
std::string openssl_seals(std::string_view content, const std::vector<Certificate>& recipients,
                          const Sealing& how = {});
/// Whether OpenSSL alone opens the object.
bool openssl_opens(std::string_view object, const Identity& recipient);

/// A certificate made by OpenSSL from `template_of`, changed by `change` and signed by `issuer`, so that it can be
/// anything that `issue` would not make.
Certificate changed(const Certificate& template_of, const Identity& issuer, const std::function<void(x509_st*)>& change,
                    const char* digest = "SHA256");

/// For `changed`: gives a certificate another key.
void set_key(x509_st* certificate, const PublicKey& key);

/// Runs a shell command; its exit code. `openssl` is the stock program.
int run(const std::string& command);
std::string read(const std::string& path);
void write(const std::string& path, std::string_view bytes);

}  // namespace airlock::test
