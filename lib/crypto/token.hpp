#pragma once
/// \file
/// Keys in PKCS #11 tokens, through Debian's `libengine-pkcs11-openssl` and so with the build option `engine`.
///
/// Loading such a key runs code of the token's maker in this process, and that code is known to crash when a process
/// ends. Only a process that does nothing else may do so: it reads no report and ends by `_exit`.

#include <string>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// Loads the private key that `uri` (RFC 7512) names. `module` is the absolute path of the PKCS #11 module that leads
/// to the token. The engine is loaded from OpenSSL's own folder of engines; neither a configuration nor the environment
/// can name another. Errors: refused, with the engine's reason (no such token or key, wrong PIN) or as
/// `delegation_is_built`; bad_input (a kind of key that is not allowed).
[[nodiscard]] Result<PrivateKey> load_token_key(const std::string& uri, const std::string& module, const Secret& pin);

}  // namespace airlock::crypto
