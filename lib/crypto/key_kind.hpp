#pragma once
/// \file
/// The kinds of keys that are used.

#include <cstdint>

namespace airlock::crypto {

enum class KeyKind : std::uint8_t {
  p256,     ///< ECDSA and ECDH on NIST P-256: the default
  p384,     ///< ECDSA and ECDH on NIST P-384
  rsa,      ///< RSA of 3072 to 8192 bits
  ed25519,  ///< signs the ledger's checkpoints and nothing else
};

}  // namespace airlock::crypto
