#pragma once
/// \file
/// Private keys that are not in this process. A delegated key has its public key only; whenever it has to sign, by
/// `sign`, `seal` or in a certificate, a function is called with the digest (crypto/digest_signature.hpp) and returns
/// the signature, which is verified before it is used.
///
/// This needs OpenSSL's `ENGINE` and so the build option `engine`
/// (docs/decisions/0014-keys-kept-elsewhere.md).

#include <functional>
#include <string>
#include <string_view>

#include "crypto/key.hpp"

namespace airlock::crypto {

/// Whether this build has delegated keys. Error: refused, saying that it has none.
[[nodiscard]] Result<void> delegation_is_built();

using DigestSigner = std::function<Result<std::string>(std::string_view digest)>;

/// A private key that signs by calling `signer`. Errors: bad_input for Ed25519; as `delegation_is_built`.
[[nodiscard]] Result<PrivateKey> delegated_key(const PublicKey& public_key, DigestSigner signer);

}  // namespace airlock::crypto
