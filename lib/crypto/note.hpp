#pragma once
/// \file
/// Signed notes (c2sp.org/signed-note) with Ed25519 keys. The ledger's checkpoints are such notes.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "crypto/key.hpp"

namespace airlock::crypto {

/// A public key with its name: `<name>+<8 hex digits>+<base64>`.
class NoteVerifier {
 public:
  /// Reads the text form above. Error: bad_input.
  [[nodiscard]] static core::Result<NoteVerifier> from_text(std::string_view vkey);
  /// `name` must not be empty and must not contain white space or `+`.
  NoteVerifier(std::string name, PublicKey key);

  /// The text form above.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const PublicKey& key() const { return key_; }
  /// The key ID: the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
  [[nodiscard]] std::string id() const;

 private:
  std::string name_;
  PublicKey key_;
};

/// The note of `text`, which must end in a newline, with one signature by `key` under the name `name`. Error: bad_input
/// if text or name cannot be part of a note.
[[nodiscard]] core::Result<std::string> sign_note(std::string_view text, const std::string& name,
                                                  const PrivateKey& key);

/// The text of a note that has a signature by `verifier`. Signatures by other keys are ignored; there may be 16 in all.
/// Errors: bad_input (not a note); integrity (no signature by the verifier, or one that does not verify).
[[nodiscard]] core::Result<std::string> verify_note(std::string_view note, const NoteVerifier& verifier);

}  // namespace airlock::crypto
