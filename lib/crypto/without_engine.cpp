// Built instead of delegate.cpp and token.cpp where the build option `engine` is off.
#include "crypto/delegate.hpp"
#include "crypto/openssl.hpp"
#include "crypto/signing.hpp"
#include "crypto/token.hpp"

namespace airlock::crypto {

Result<void> delegation_is_built() {
  return core::fail(core::Code::refused,
                    "this build of Airlock supports neither keys under a passphrase nor keys in tokens",
                    "keep the key in an unencrypted file, or build Airlock with `-Dengine=true`");
}

Result<PrivateKey> delegated_key(const PublicKey& /*public_key*/, DigestSigner /*signer*/) {
  return core::fail(delegation_is_built().error());
}

core::Error signing_error(const evp_pkey_st* /*key*/, std::string_view what) { return library_error(what); }

Result<PrivateKey> load_token_key(const std::string& /*uri*/, const std::string& /*module*/, const Secret& /*pin*/) {
  return core::fail(delegation_is_built().error());
}

}  // namespace airlock::crypto
