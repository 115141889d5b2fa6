#include "site/key_files.hpp"

#include <chrono>

#include "core/encoding.hpp"
#include "core/text.hpp"
#include "sys/read_file.hpp"
#include "sys/system.hpp"

namespace airlock::site {
namespace {

using core::Code;
using core::fail;
using core::quote;

constexpr std::chrono::days certificate_life{3653};
/// A certificate is valid from a little before now, so that a clock that is set back a little can use it at once.
constexpr std::chrono::minutes backdate{10};

core::Result<crypto::PrivateKey> key_in(std::string text, const std::string& file) {
  const crypto::Secret pem(std::move(text));
  auto key = crypto::PrivateKey::from_pem(pem.view());
  if (!key) return fail(std::move(key.error()).within(quote(file)));
  return key;
}

}  // namespace

core::Result<crypto::Certificate> read_certificate(const std::string& file) {
  AIRLOCK_TRY(const std::string pem, sys::read_file(file, key_file_bytes_limit));
  auto certificate = crypto::Certificate::from_pem(pem);
  if (!certificate) return fail(std::move(certificate.error()).within(quote(file)));
  return certificate;
}

core::Result<crypto::PrivateKey> read_signing_key(const std::string& file) {
  AIRLOCK_TRY(std::string text, sys::read_private_file(file, key_file_bytes_limit));
  return key_in(std::move(text), file);
}

core::Result<crypto::PrivateKey> read_shared_key(const std::string& file, const std::string& shared_by) {
  AIRLOCK_TRY(std::string text, read_shared_secret(file, shared_by));
  return key_in(std::move(text), file);
}

core::Result<std::string> read_shared_secret(const std::string& file, const std::string& shared_by) {
  if (shared_by.empty()) return sys::read_private_file(file, key_file_bytes_limit);
  return sys::read_shared_file(file, shared_by, key_file_bytes_limit);
}

core::Result<crypto::NoteVerifier> read_ledger_public_key(const std::string& file) {
  AIRLOCK_TRY(const std::string text, sys::read_file(file, key_file_bytes_limit));
  auto verifier = crypto::NoteVerifier::from_text(text.substr(0, text.find('\n')));
  if (!verifier) return fail(std::move(verifier.error()).within(quote(file)));
  return verifier;
}

core::Result<crypto::Secret> read_pseudonym_key(const std::string& file, const std::string& shared_by) {
  AIRLOCK_TRY(std::string text, read_shared_secret(file, shared_by));
  const crypto::Secret hex(std::move(text));
  auto key = core::from_hex(hex.view().substr(0, hex.view().find('\n')));
  if (!key || key->size() != pseudonym_key_bytes) {
    return fail(Code::bad_input, quote(file) + ": must have a key of 32 bytes in hex");
  }
  return crypto::Secret(std::move(*key));
}

crypto::Secret new_pseudonym_key() {
  return crypto::Secret(core::to_hex(sys::random_bytes(pseudonym_key_bytes)) + "\n");
}

core::Result<crypto::Certificate> certify(KeyName name, const crypto::PrivateKey& key, const std::string& site_id,
                                          core::Time now) {
  return crypto::self_sign({.common_name = "airlock " + std::string(site::name(name)) + " " + site_id,
                            .roles = {name == KeyName::site ? crypto::Role::site : crypto::Role::recipient},
                            .not_before = now - backdate,
                            .not_after = now + certificate_life,
                            .ca = false,
                            .uuid = site_id},
                           key);
}

}  // namespace airlock::site
