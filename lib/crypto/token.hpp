#pragma once
/// \file
/// Keys in PKCS #11 tokens, through Debian's `libengine-pkcs11-openssl`. To load one is to run code of the token's
/// maker in this process, code that is known to crash when a process ends: only a process that does nothing else, reads
/// nothing else, and ends without ceremony may do so.

#include <string>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// Loads the private key that `uri` (RFC 7512) names from the token that `module`, an absolute path, leads to. The
/// engine's own path is OpenSSL's folder of engines; no configuration and no variable is asked. Errors: refused, with
/// what the engine says (no such token or key, wrong PIN), bad_input (a kind of key that is not allowed).
[[nodiscard]] Result<PrivateKey> load_token_key(const std::string& uri, const std::string& module, const Secret& pin);

}  // namespace airlock::crypto
