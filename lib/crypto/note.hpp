#pragma once
/// \file
/// Signed notes (c2sp.org/signed-note) with Ed25519 keys: the envelope of the ledger's checkpoints.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/key.hpp"

namespace airlock::crypto {

/// A public key with its name: `<name>+<8 hex digits>+<base64>`.
class NoteVerifier {
 public:
  [[nodiscard]] static core::Result<NoteVerifier> from_text(std::string_view vkey);
  /// `name` must not be empty and must have no white space and no `+`.
  NoteVerifier(std::string name, PublicKey key);

  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const PublicKey& key() const { return key_; }
  /// First four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
  [[nodiscard]] std::string id() const;

 private:
  std::string name_;
  PublicKey key_;
};

/// `text` (which ends in a newline) with a signature line of `name` and `key`.
[[nodiscard]] core::Result<std::string> sign_note(std::string_view text, const std::string& name,
                                                  const PrivateKey& key);

/// The text of a note that `verifier` signed. Lines of unknown keys are ignored, at most 16 signatures are read.
/// Errors: bad_input (not a note), integrity (no signature of the verifier, or one that fails).
[[nodiscard]] core::Result<std::string> verify_note(std::string_view note, const NoteVerifier& verifier);

}  // namespace airlock::crypto
